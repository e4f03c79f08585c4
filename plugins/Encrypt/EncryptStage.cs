using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Paths;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Culvert.Plugins.Encrypt.WireGuard.Uapi;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.Encrypt;

/// <summary>
/// Converts IP packets to WireGuard datagrams and back: the adapter between the pipeline and the protocol in <c>WireGuard/</c>. Each lane
/// has an instance with a path for each direction; all lanes share one <see cref="Tunnel"/>.
/// </summary>
[Stage("encrypt", "Encrypts and authenticates packets as WireGuard does, and routes them to peers by their keys.")]
public sealed class EncryptStage : IPacketStage, IStageDefinition<EncryptOptions>, ITwinOptions<EncryptOptions>, IDisposable
{
    private readonly TunnelEntry _entry;
    private readonly OutboundPath _outbound;
    private readonly InboundPath _inbound;
    private readonly UapiServer? _uapi;

    /// <summary>Creates a lane's instance; the first one creates the tunnel.</summary>
    /// <param name="options">The entry's options.</param>
    /// <param name="context">The lane's context.</param>
    /// <exception cref="StageStartException">A key file cannot be read or contains no key.</exception>
    public EncryptStage(EncryptOptions options, IStageContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        _entry = TunnelBuilder.Open(options, context);
        var tunnel = _entry.Tunnel;
        _uapi = context.Lane == 0 ? TunnelBuilder.Serve(tunnel, options, context) : null;
        _outbound = tunnel.CreateOutboundPath(context.Lane);
        _inbound = tunnel.CreateInboundPath(context.Lane);
    }

    internal Tunnel Tunnel => _entry.Tunnel;

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters)
    {
        _ = new TunnelCounters(counters);
        _ = UapiServer.CountClients(counters);
    }

    /// <inheritdoc/>
    public static StageShape Shape(EncryptOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var tagSize = CipherSuite.Get(options.Suite).TagSize;
        return new StageShape
        {
            Above = PacketKind.Ip,
            Below = PacketKind.Datagram,
            Headroom = TransportHeader.Size,
            Tailroom = TransportHeader.PaddingMultiple - 1 + tagSize,
            Overhead = TransportHeader.Size + tagSize,
            InboundReleasedFront = TransportHeader.Size,
            InboundReleasedBack = tagSize,
            Prefixes = [.. options.Peers.SelectMany(peer => peer.AllowedIps)],
        };
    }

    /// <inheritdoc/>
    public static void Validate(EncryptOptions options, OptionsReport report) => Validation.EncryptValidation.Validate(options, report);

    /// <inheritdoc/>
    public static void ValidatePlan(EncryptOptions options, StagePlan plan, OptionsReport report)
    {
        ArgumentNullException.ThrowIfNull(options);
        Validation.PeerValidation.CheckFamilies(options.Peers, plan, report);
    }

    /// <inheritdoc/>
    public static (EncryptOptions A, EncryptOptions B) ForTwin(EncryptOptions options) => EncryptTwin.Options(options);

    /// <inheritdoc/>
    public void Outbound(PacketBatch batch) => _outbound.Process(batch);

    /// <inheritdoc/>
    public void Inbound(PacketBatch batch) => _inbound.Process(batch);

    /// <inheritdoc/>
    public JsonObject GetStatus() => TunnelStatus.Describe(_entry);

    /// <inheritdoc/>
    public IDisposable? ShareSecrets(Action<byte[]> report) => Tunnel.Local.ShareKeys(report);

    /// <inheritdoc/>
    public (int Outbound, int Inbound)? PathTo(in IpAddressValue address) =>
        Tunnel.Peers.Routes.Lookup(address) is { } peer ? (peer.Path.Mtu, peer.Path.InboundMtu) : null;

    /// <inheritdoc/>
    public bool HandlePathReport(in DatagramEndpoint destination, int largest)
    {
        if (Tunnel.Local.Host.PathOverhead is null)
        {
            return false;
        }

        foreach (var peer in Tunnel.Peers.Snapshot)
        {
            if (peer.Endpoint.Current.Remote == destination.Remote)
            {
                peer.Path.HandleReport(largest);
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public bool HandlePathFailure(in DatagramEndpoint destination, string reason)
    {
        var isKnown = false;
        foreach (var peer in Tunnel.Peers.Snapshot)
        {
            if (peer.Endpoint.Current.Remote == destination.Remote)
            {
                isKnown = true;
                peer.Reachability.HandlePathFailure(reason);
            }
        }

        return isKnown;
    }

    /// <summary>Closes the socket that this instance serves. The tunnel is closed with the pipeline.</summary>
    public void Dispose() => _uapi?.Dispose();
}
