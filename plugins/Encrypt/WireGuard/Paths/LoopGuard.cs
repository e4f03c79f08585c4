using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Wire;

namespace Culvert.Plugins.Encrypt.WireGuard.Paths;

/// <summary>
/// Recognizes datagrams of this tunnel that come back as packets from the host, because the route to the peer's endpoint leads into the tunnel
/// itself. Only this end knows the indexes in them, so that a tunnel inside the tunnel is not taken for it. Belongs to one loop.
/// </summary>
internal sealed class LoopGuard(LocalEnd local, PeerTable peers)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private long _nextReport = long.MinValue;

    /// <summary>Whether a packet is a datagram of this tunnel; it is reported then.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="destination">The peer that the packet would be sent to; null for none.</param>
    /// <param name="now">The time in the clock's ticks.</param>
    public bool IsOwn(in IpView packet, Peer? destination, long now)
    {
        if (packet.Protocol != IpProtocol.Udp || !packet.HasTransportHeader || packet.IsFragment)
        {
            return false;
        }

        var message = packet.Transport;
        return message.Length >= UdpView.HeaderLength + TransportHeader.Size
            && OwnerOf(message[UdpView.HeaderLength..], destination) is { } peer && Report(peer, now);
    }

    private Peer? OwnerOf(ReadOnlySpan<byte> message, Peer? destination) => MessageLayout.TypeOf(message) switch
    {
        MessageType.Initiation or MessageType.Response => peers.Indexes.TryGetPeer(MessageLayout.Sender(message), out var peer) ? peer : null,
        MessageType.Transport => destination?.Keypairs.Current?.RemoteIndex == TransportHeader.Receiver(message) ? destination : null,
        _ => null,
    };

    private bool Report(Peer peer, long now)
    {
        if (now >= _nextReport)
        {
            _nextReport = now + local.Clock.Ticks(ReportInterval);
            _ = local.Host.TryPost(peer.OwnRoute.HandleLoop);
        }

        return true;
    }
}
