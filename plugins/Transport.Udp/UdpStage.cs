using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Endpoints;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>
/// The network's side of a pipeline: each packet is the payload of one UDP datagram. Outbound it goes to the endpoint that a stage above
/// set, else to the <c>peer</c> of the file; inbound it carries the endpoint that it came from.
/// </summary>
[Stage("udp", "The network's side: one UDP datagram for each packet, over IPv4 and IPv6.")]
public sealed class UdpStage : IPacketEndpoint, IStageDefinition<UdpOptions>, ILiveEndpoint<UdpOptions>
{
    // RFC 768, 791 and 8200: a UDP header of 8 bytes behind an IPv4 header of 20 or an IPv6 header of 40.
    internal const int Ipv4Overhead = 20 + 8;
    internal const int Ipv6Overhead = 40 + 8;

    private readonly UdpCounters _counters;
    private readonly ResolvedPeer? _peer;
    private readonly HostEndpoint? _peerName;
    private readonly IDatagramSocket _socket;
    private readonly UdpSockets _sockets;
    private readonly IEndpointContext _context;
    private readonly int _pathMtu;
    private readonly string? _bindDevice;

    /// <summary>Opens the socket.</summary>
    /// <exception cref="StageStartException">The port is in use, the address is not local, or permission is denied.</exception>
    public UdpStage(UdpOptions options, IEndpointContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        (_context, _pathMtu, _bindDevice) = (context, options.PathMtu.UpperBound, options.BindDevice);
        _counters = new UdpCounters(context.Counters);
        _peerName = options.Peer;
        if (options.Peer is { } peer)
        {
            var ipv6 = IsIpv6(options);
            _peer = context.State(
                $"peer {peer}", (IEndpointContext own) => new PeerResolver(peer, ipv6, own, Dns.GetHostAddressesAsync)).Peer;
        }

        var isNew = false;
        _sockets = context.State($"sockets {options.Listen}", (IStageContext _) => new UdpSockets(options.Listen.Port == 0));
        var bound = context.State($"socket {options.Listen} lane {context.Lane}", (IEndpointContext own) =>
        {
            isNew = true;
            var socket = new BoundSocket(options, own, _counters, _peer);
            _sockets.Add(socket.Socket);
            return socket;
        });
        _socket = bound.Socket;
        if (!isNew)
        {
            context.Post(() =>
            {
                bound.Gate.Peer = _peer;
                _socket.Apply(options);
            });
        }
        else if (context.Lane == 0)
        {
            UdpStageLog.Listening(context.Logger, _socket.Local, _socket.SendOffload, _socket.ReceiveOffload);
        }
    }

    /// <summary>The address that the socket is bound to: the file's, with the port that the system chose or a stage above set.</summary>
    public IPEndPoint Local => _socket.Local;

    /// <inheritdoc/>
    public NetworkEndpointShape Facts => new()
    {
        PathMtu = _pathMtu,
        ListenPort = _socket.Local.Port,
        FirewallMark = _socket.Mark == 0 ? null : _socket.Mark,
        Address = AddressOf(_socket.Local),
        BindDevice = _bindDevice,
    };

    /// <inheritdoc/>
    public void Change(NetworkEndpointShape wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var before = _socket.Local;
        _sockets.Change(wanted.ListenPort ?? 0, wanted.FirewallMark ?? 0);
        if (!before.Equals(_socket.Local))
        {
            _context.ReportReplacedFile();
            UdpStageLog.Moved(_context.Logger, _socket.Local);
        }
    }

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters) => _ = new UdpCounters(counters);

    /// <inheritdoc/>
    public static string? WhyReopen(UdpOptions running, UdpOptions wanted)
    {
        ArgumentNullException.ThrowIfNull(running);
        ArgumentNullException.ThrowIfNull(wanted);
        return !running.Listen.Equals(wanted.Listen) && running.Listen.Port == wanted.Listen.Port ? $"it is to listen on {wanted.Listen}, and {running.Listen} is in the way"
            : running.BindDevice != wanted.BindDevice ? "its bind-device changed"
            : running.Offload != wanted.Offload ? "its offload changed"
            : !OperatingSystem.IsLinux() && running.SocketBuffer != wanted.SocketBuffer ? "its socket-buffer changed"
            : null;
    }

    /// <inheritdoc/>
    public static StageShape Shape(UdpOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return StageShape.NetworkEndpoint(PacketKind.Datagram, IsIpv6(options) ? Ipv6Overhead : Ipv4Overhead, new()
        {
            PathMtu = options.PathMtu.UpperBound,
            AllowsPathProbes = OperatingSystem.IsLinux(),
            ListenPort = options.Listen.Port == 0 ? null : options.Listen.Port,
            IsIpv4Only = !IsIpv6(options),
            FirewallMark = options.Fwmark.Value == 0 ? null : options.Fwmark.Value,
            Address = AddressOf(options.Listen),
            BindDevice = options.BindDevice,
        });
    }

    /// <inheritdoc/>
    public static void Validate(UdpOptions options, OptionsReport report)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        if (options.BindDevice is { } device && !TunRules.IsDeviceName(device))
        {
            report.Error("bind-device", $"'{device}' is not a valid device name", "write a device's name as 'ip link' prints it");
        }

        if (options.Peer?.Address is { AddressFamily: AddressFamily.InterNetworkV6 } && !IsIpv6(options))
        {
            report.Error(
                "peer", $"{options.Peer} is an IPv6 address, but 'listen' ({options.Listen}) is IPv4",
                $"write listen: \"[::]:{options.Listen.Port}\", which serves both families");
        }
    }

    /// <summary>Sends the batch. Endpoints come from the stages above, or from the file.</summary>
    public void Outbound(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var peer = _peer?.Endpoint ?? default;
        for (var i = 0; i < batch.Count; i++)
        {
            var packet = batch[i];
            if (!packet.IsDropped && packet.Endpoint.IsNone)
            {
                if (peer.IsNone)
                {
                    packet.Drop(_counters.NoEndpoint);
                }
                else
                {
                    packet.Endpoint = peer;
                }
            }
        }

        _socket.Send(batch);
    }

    /// <inheritdoc/>
    public int? Descriptor => _socket.Descriptor;

    /// <inheritdoc/>
    public void Receive(PacketFiller filler) => _socket.Receive(filler);

    /// <inheritdoc/>
    public void Wake() => _socket.Wake();

    /// <inheritdoc/>
    public JsonObject GetStatus()
    {
        var status = new JsonObject
        {
            ["local"] = _socket.Local.ToString(),
            ["fwmark"] = _socket.Mark,
            ["send-offload"] = _socket.SendOffload,
            ["receive-offload"] = _socket.ReceiveOffload,
        };
        if (_peerName is not null)
        {
            status["peer"] = _peerName.ToString();
            status["peer-endpoint"] = _peer!.Endpoint.IsNone ? null : _peer.Endpoint.ToString();
        }

        return status;
    }

    private static IPAddress? AddressOf(IPEndPoint listen) =>
        listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any) ? null : listen.Address;

    private static bool IsIpv6(UdpOptions options) => options.Listen.AddressFamily == AddressFamily.InterNetworkV6;
}
