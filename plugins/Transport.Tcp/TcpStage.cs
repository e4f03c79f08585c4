using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>
/// The network's side of a pipeline where UDP is blocked: each packet is a frame of a TCP connection, behind its length in 2 bytes, most
/// significant byte first.
/// </summary>
[Stage("tcp", "The network's side where UDP is blocked: datagrams over TCP connections, each behind its length.")]
public sealed class TcpStage : IPacketEndpoint, IStageDefinition<TcpOptions>
{
    // The headers that udp adds: the same MTU whichever of the two carries the datagrams.
    private const int Ipv4Overhead = 20 + 8;
    private const int Ipv6Overhead = 40 + 8;

    private readonly TcpCounters _counters;
    private readonly LinkTable _links;
    private readonly FrameReceiver _receiver;
    private readonly Listener? _listener;

    /// <summary>Begins to listen and to connect.</summary>
    /// <exception cref="StageStartException">The port is in use, the address is not local, permission is denied, or the system is not Linux.</exception>
    public TcpStage(TcpOptions options, IEndpointContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        if (!OperatingSystem.IsLinux())
        {
            throw StartErrors.LinuxOnly();
        }

        _counters = new TcpCounters(context.Counters);
        _receiver = TcpParts.Receiver(context, Math.Max(context.Room.Size, options.PathMtu.UpperBound - Ipv4Overhead), _counters);
        _links = TcpParts.Links(context, options, _counters);
        _links.Serve(context.Lane, _receiver);
        _listener = TcpParts.Listener(context, options, _links);
        if (_listener is not null && context.Lane == 0)
        {
            TcpStageLog.Listening(context.Logger, _listener.Local);
        }
    }

    /// <summary>The address that accepts connections; null where none does.</summary>
    public IPEndPoint? Local => OperatingSystem.IsLinux() ? _listener?.Local : null;

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters) => _ = new TcpCounters(counters);

    /// <inheritdoc/>
    public static StageShape Shape(TcpOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var ipv6 = (options.Listen?.AddressFamily ?? options.Connect?.Address?.AddressFamily) == AddressFamily.InterNetworkV6;
        return StageShape.NetworkEndpoint(PacketKind.Datagram, ipv6 ? Ipv6Overhead : Ipv4Overhead, new()
        {
            PathMtu = options.PathMtu.UpperBound,
            ListenPort = options.Listen is { Port: > 0 } listen ? listen.Port : null,
            MaxConnections = options.Connect is not null ? 1 : options.Listen is null ? options.Connections : 2 * options.Connections,
            IsConnected = options.Connect is not null,
            FirewallMark = options.Fwmark.Value == 0 ? null : options.Fwmark.Value,
        });
    }

    /// <inheritdoc/>
    public static void Validate(TcpOptions options, Options.OptionsReport report)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        if (options.Connect is not null && options.Listen is not null)
        {
            report.Error("connect", "an endpoint with 'connect' sends every datagram there and accepts no connection", "remove 'listen' or 'connect'");
        }

        if (options.Listen is null && options.From.Count > 0)
        {
            report.Warning("from", "has no effect without 'listen'", "remove 'from', or write 'listen'");
        }
    }

    /// <summary>Queues the batch for its connections and sends what they take.</summary>
    public void Outbound(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        for (var i = 0; i < batch.Count;)
        {
            var endpoint = batch[i].Endpoint;
            var end = i + 1;
            while (end < batch.Count && batch[end].Endpoint == endpoint)
            {
                end++;
            }

            Send(batch, i, end, _links.Find(endpoint));
            i = end;
        }
    }

    /// <inheritdoc/>
    public int? Descriptor => OperatingSystem.IsLinux() ? _receiver.Descriptor : null;

    /// <inheritdoc/>
    public void Receive(PacketFiller filler)
    {
        if (OperatingSystem.IsLinux())
        {
            _receiver.Receive(filler);
        }
    }

    /// <inheritdoc/>
    public JsonObject GetStatus() => OperatingSystem.IsLinux()
        ? new() { ["local"] = Local?.ToString(), ["connections"] = _links.Describe() }
        : [];

    private void Send(PacketBatch batch, int first, int end, Link? link)
    {
        if (OperatingSystem.IsLinux() && link is not null)
        {
            link.Send(batch, first, end);
            return;
        }

        for (var i = first; i < end; i++)
        {
            var packet = batch[i];
            if (!packet.IsDropped)
            {
                packet.Drop(_counters.NoEndpoint);
            }
        }
    }
}
