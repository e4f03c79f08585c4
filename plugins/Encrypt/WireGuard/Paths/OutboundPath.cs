using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Plugins.Encrypt.WireGuard.Probing;
using Culvert.Wire;

namespace Culvert.Plugins.Encrypt.WireGuard.Paths;

/// <summary>
/// The path of a packet to the network, on one lane's outbound loop:
/// <code>
/// 1. its destination leads to a peer (no-peer), and it is no datagram of this very tunnel (own-datagram)
/// 2. no larger than the path to that peer carries (too-big)
/// 3. the peer's current keypair; without one the packet is held and a handshake begins; with one, an endpoint that is not refused (own-route)
/// 4. a counter, padding, header and tag around it, sealed in place
/// 5. the peer's endpoint; at the end of a run of one peer's packets its timers and byte counts
/// </code>
/// </summary>
internal sealed class OutboundPath(LocalEnd local, PeerTable peers, int lane)
{
    private readonly RouteCache _routes = new();
    private readonly TooBigSender _tooBig = new(local);
    private readonly LoopGuard _loops = new(local, peers);
    private readonly int _loop = 2 * lane;
    private readonly int _overhead = TransportHeader.Size + local.Suite.TagSize;
    private Run _run;

    /// <summary>Seals a batch.</summary>
    public void Process(PacketBatch batch)
    {
        local.Reclaimer.Enter(_loop);
        try
        {
            Seal(batch);
        }
        finally
        {
            Forget();
            local.Reclaimer.Leave(_loop);
        }
    }

    private void Seal(PacketBatch batch)
    {
        _routes.Use(peers.Routes);
        var now = batch.Timestamp;
        var sealedPackets = 0;
        foreach (var packet in batch)
        {
            if (FindPeer(packet, now) is { } peer)
            {
                if (peer != _run.Peer)
                {
                    EndRun(now);
                    BeginRun(peer, now);
                }

                sealedPackets += Fits(packet) && TrySeal(packet, now) ? 1 : 0;
            }
        }

        EndRun(now);
        local.Counters.Sealed.Add(sealedPackets);
    }

    private Peer? FindPeer(Packet packet, long now)
    {
        // The padding would complete a packet that is cut, with bytes that nobody sent.
        if (!IpView.TryParse(packet.Data, out var inner) || inner.IsTruncated)
        {
            packet.Drop(local.Counters.NotIp);
            return null;
        }

        var peer = _routes.Find(inner.Destination);
        if (_loops.IsOwn(inner, peer, now))
        {
            packet.Drop(local.Counters.OwnDatagram);
            return null;
        }

        if (peer is null)
        {
            packet.Drop(local.Counters.NoPeer);
        }

        return peer;
    }

    /// <summary>
    /// Whether a packet is no larger than the path to its peer carries. A larger one is answered, as a router does (RFC 1191, RFC 8201), except
    /// IPv4 that may be fragmented: its datagram may be as well.
    /// </summary>
    private bool Fits(Packet packet)
    {
        if (packet.Length <= _run.Mtu || !IpView.TryParse(packet.Data, out var inner))
        {
            return true;
        }

        if (inner.TryAsIpv4(out var ipv4) && !ipv4.DontFragment)
        {
            packet.MayFragment = true;
            return true;
        }

        _tooBig.Answer(inner, _run.Mtu);
        packet.Drop(local.Counters.TooBig);
        return false;
    }

    private bool TrySeal(Packet packet, long now)
    {
        var outerClass = OuterClass.Of(packet.Data, _run.Dscp);
        if (_run is { IsRefused: true, Keypair: not null })
        {
            packet.Drop(local.Counters.OwnRoute);
            return false;
        }

        if (_run.Keypair is not { } keypair || !keypair.TrySeal(lane, new BatchedPacket(packet), _run.Mtu))
        {
            // None, or worn: the rest of the run is held as well.
            ReleaseKeypair();
            Hold(packet, now);
            return false;
        }

        packet.Endpoint = _run.Endpoint;
        packet.TrafficClass = outerClass;
        packet.MayFragment |= _run.MayFragment;
        _run.Bytes += packet.Length;
        var size = packet.Length - _overhead;
        _run.HasFull |= size >= _run.Full;
        _run.Peer!.Path.NoteSent(lane, size);
        return true;
    }

    private void Hold(Packet packet, long now)
    {
        var peer = _run.Peer!;
        if (!peer.Endpoint.IsExpected)
        {
            packet.Drop(local.Counters.NoEndpoint);
        }
        else
        {
            if (packet.TryTake(out var lease) || (peer.Held.TryEvict() && packet.TryTake(out lease)))
            {
                peer.Held.Add(lease);
            }
            else
            {
                packet.Drop(local.Counters.HeldOverflow);
            }

            // The handshake does not need the packet.
            peer.Handshaker.ReportHeld(now);
        }
    }

    private void BeginRun(Peer peer, long now)
    {
        _run.Peer = peer;
        _run.Bytes = 0;
        _run.Endpoint = peer.Endpoint.Current;
        _run.IsRefused = peer.OwnRoute.IsRefused;
        _run.Dscp = local.Dscp.Value;
        _run.Mtu = peer.Path.Mtu;
        _run.MayFragment = peer.Path.MayFragment;
        (_run.Full, _run.HasFull) = (PathSizes.Full(_run.Mtu), false);
        _run.Keypair = peer.Keypairs.Current is { } current && now - current.CreatedAt < local.RejectAfterTicks && current.TryHoldSealer(lane)
            ? current : null;
    }

    private void EndRun(long now)
    {
        if (_run is { Peer: { } peer, Bytes: > 0 })
        {
            peer.AddSent(_run.Bytes);
            peer.Timers.AuthenticatedSent(now);
            peer.Timers.DataSent(now);
            if (_run.HasFull)
            {
                peer.Path.NoteFullSized();
            }

            if (_run.Keypair is { } keypair)
            {
                peer.Handshaker.KeepFreshSending(keypair, now);
            }
        }

        Forget();
    }

    private void Forget()
    {
        ReleaseKeypair();
        _run = default;
    }

    private void ReleaseKeypair()
    {
        _run.Keypair?.ReleaseSealer(lane);
        _run.Keypair = null;
    }

    /// <summary>Packets of one peer that follow each other.</summary>
    private struct Run
    {
        public Peer? Peer;
        public Keypair? Keypair;
        public DatagramEndpoint Endpoint;
        public int? Dscp;
        public int Mtu;
        public int Full;
        public bool HasFull;
        public bool MayFragment;
        public bool IsRefused;
        public long Bytes;
    }
}
