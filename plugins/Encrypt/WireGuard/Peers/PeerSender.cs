using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>Sends to a peer from the service thread: handshake messages, keepalives and the packets that waited for a keypair.</summary>
internal sealed class PeerSender(LocalEnd local, Peer peer)
{
    /// <summary>The keypair that may seal now; null for none.</summary>
    public Keypair? UsableKeypair =>
        peer.Keypairs.Current is { } current && local.Clock.Now - current.CreatedAt < local.RejectAfterTicks
            && current.Sent < local.Suite.RejectAfterMessages ? current : null;

    /// <summary>Sends an empty transport message; without a keypair, begins a handshake.</summary>
    public void SendKeepalive()
    {
        if (UsableKeypair is not { } keypair)
        {
            peer.Handshaker.Initiate(isRetry: false);
            return;
        }

        if (SendHeld() == 0 && local.TryRent(0, out var lease))
        {
            local.Counters.KeepalivesSent.Increment();
            SealAndSend(lease, keypair);
        }
    }

    /// <summary>Seals and sends the packets that waited for a keypair.</summary>
    /// <returns>The number of packets.</returns>
    public int SendHeld()
    {
        var count = 0;
        while (UsableKeypair is { } keypair && peer.Held.TryTake(out var lease))
        {
            count += SealAndSend(lease, keypair) ? 1 : 0;
        }

        local.Counters.Sealed.Add(count);
        if (count > 0)
        {
            peer.Timers.DataSent(local.Clock.Now);
        }
        else if (peer.Held.Count > 0)
        {
            peer.Handshaker.Initiate(isRetry: false);
        }

        return count;
    }

    /// <summary>Sends what waits for an address: the look-up has found one.</summary>
    public void HandleEndpointFound()
    {
        if (peer.Held.Count > 0 || peer.KeepaliveInterval > TimeSpan.Zero)
        {
            SendKeepalive();
        }
    }

    /// <summary>Seals and sends a probe, whatever the path is said to carry; without a keypair it comes to nothing.</summary>
    /// <param name="lease">The content.</param>
    /// <param name="size">Its size in bytes, which is not padded.</param>
    /// <param name="way">Where to, when not to the peer's endpoint.</param>
    public void SendProbe(PacketLease lease, int size, DatagramEndpoint way = default)
    {
        if (UsableKeypair is not { } keypair || !keypair.TrySeal(local.Cipher.ServiceSlot, new LeasedPacket(lease), size))
        {
            lease.Dispose();
            return;
        }

        if (way.IsNone)
        {
            // What is about a way is no sign of life to the peer either: it takes no keepalive's place.
            peer.Timers.AuthenticatedSent(local.Clock.Now);
        }

        Send(lease, way);
    }

    /// <summary>Sends a message to the peer's address.</summary>
    /// <param name="message">A whole datagram.</param>
    /// <param name="way">Another endpoint than the peer's; none for the peer's.</param>
    public void Send(PacketLease message, DatagramEndpoint way = default)
    {
        if (way.IsNone && peer.OwnRoute.IsRefused)
        {
            message.Drop(local.Counters.OwnRoute);
            return;
        }

        message.Endpoint = way.IsNone ? peer.Endpoint.Current : way;
        peer.AddSent(message.Length);
        local.Host.Send(message);
    }

    private bool SealAndSend(PacketLease lease, Keypair keypair)
    {
        // What waited for a session is sent as large as it is: the sender asked before anything was known.
        var outerClass = OuterClass.Of(lease.Data, local.Dscp.Value);
        var mayFragment = peer.Path.MayFragment || lease.Length > peer.Path.Mtu;
        if (!keypair.TrySeal(local.Cipher.ServiceSlot, new LeasedPacket(lease), peer.Path.Mtu))
        {
            lease.Drop(local.Counters.KeyWorn);
            return false;
        }

        (lease.MayFragment, lease.TrafficClass) = (mayFragment, outerClass);

        var now = local.Clock.Now;
        peer.Timers.AuthenticatedSent(now);
        Send(lease);
        peer.Handshaker.KeepFreshSending(keypair, now);
        return true;
    }
}
