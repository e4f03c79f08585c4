using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Handshakes;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Plugins.Encrypt.WireGuard.Probing;
using Culvert.Wire;

namespace Culvert.Plugins.Encrypt.WireGuard.Paths;

/// <summary>
/// The path of a datagram to the host, on one lane's inbound loop:
/// <code>
/// 1. type and length (malformed); handshake messages leave for the service thread
/// 2. the receiver's index leads to a keypair (unknown-index, key-expired)
/// 3. not seen before (replayed), opened in place (not-authentic), marked as seen
/// 4. a first message confirms the keypair; the peer roams to the datagram's source
/// 5. what is about the path goes to the service thread; else the inner packet without padding (inner-malformed, keepalive), its source the peer's own (wrong-source)
/// </code>
/// </summary>
internal sealed class InboundPath(LocalEnd local, PeerTable peers, HandshakeReceiver receiver, int lane)
{
    private readonly RouteCache _routes = new();
    private readonly HandshakeGate _gate = new(local, peers.Indexes, receiver);
    private readonly int _loop = (2 * lane) + 1;
    private readonly int _minTransport = TransportHeader.Size + local.Suite.TagSize;
    private Keypair? _keypair;
    private long _runBytes;
    private bool _runHasData;
    private int _opened;

    /// <summary>Opens a batch.</summary>
    public void Process(PacketBatch batch)
    {
        local.Reclaimer.Enter(_loop);
        try
        {
            Open(batch);
        }
        finally
        {
            // Nothing of a keypair is kept over the end of a batch: it may be wiped.
            ReleaseKeypair();
            (_runBytes, _runHasData) = (0, false);
            local.Reclaimer.Leave(_loop);
        }
    }

    private void Open(PacketBatch batch)
    {
        _routes.Use(peers.Routes);
        _opened = 0;
        var now = batch.Timestamp;
        foreach (var packet in batch)
        {
            switch (Classify(packet.Data))
            {
                case MessageType.Transport:
                    Receive(packet, now);
                    break;
                case 0:
                    packet.Drop(local.Counters.Malformed);
                    break;
                default:
                    Deliver(packet, now);
                    break;
            }
        }

        EndRun(now);
        local.Counters.Opened.Add(_opened);
    }

    /// <summary>The type of a message whose length fits it; 0 for anything else.</summary>
    private MessageType Classify(ReadOnlySpan<byte> data)
    {
        if (data.Length < TransportHeader.Size)
        {
            return 0;
        }

        var type = MessageLayout.TypeOf(data);
        var fits = type switch
        {
            MessageType.Transport => data.Length >= _minTransport,
            MessageType.CookieReply => data.Length == CookieReply.Size,
            MessageType.Response => data.Length == local.Layout.ResponseSize,
            MessageType.Initiation => MessageLayout.IsInitiationSize(data.Length),
            _ => false,
        };
        return fits ? type : 0;
    }

    private void Deliver(Packet packet, long now)
    {
        if (_gate.TryDeliver(packet.Data, packet.Endpoint, now))
        {
            packet.Consume();
        }
        else
        {
            packet.Drop(local.Counters.HandshakeOverflow);
        }
    }

    private void Receive(Packet packet, long now)
    {
        var message = packet.Data;
        var index = TransportHeader.Receiver(message);
        if (_keypair is null || _keypair.LocalIndex != index)
        {
            EndRun(now);
            ReleaseKeypair();
            if (!peers.Indexes.TryGetKeypair(index, out var keypair) || !keypair.TryHoldOpener(lane))
            {
                packet.Drop(local.Counters.UnknownIndex);
                return;
            }

            _keypair = keypair;
        }

        var counter = TransportHeader.Counter(message);
        if (now - _keypair.CreatedAt >= local.RejectAfterTicks || counter >= local.Suite.RejectAfterMessages)
        {
            packet.Drop(local.Counters.KeyExpired);
        }
        else if (!_keypair.MayAccept(counter))
        {
            packet.Drop(local.Counters.Replayed);
        }
        else if (!_keypair.TryOpen(lane, message[TransportHeader.Size..], counter))
        {
            packet.Drop(local.Counters.NotAuthentic);
        }
        else if (!_keypair.TryAccept(counter))
        {
            packet.Drop(local.Counters.Replayed);
        }
        else
        {
            Accept(packet, _keypair);
        }
    }

    private void Accept(Packet packet, Keypair keypair)
    {
        var peer = keypair.Peer;
        if (!keypair.IsInitiator && keypair.ConfirmOnce())
        {
            peer.Handshaker.Confirm(keypair);
        }

        var length = packet.Length;
        packet.TrimStart(TransportHeader.Size);
        packet.TrimEnd(local.Suite.TagSize);
        if (packet.Length == 0 || packet.Data[0] != 0 || !ProbeMessage.IsAboutAWay(packet.Data))
        {
            peer.Endpoint.MoveTo(packet.Endpoint);
            _runBytes += length;
        }

        if (packet.Length == 0)
        {
            local.Counters.KeepalivesReceived.Increment();
            packet.Consume();
            return;
        }

        if (peer.Path.TryTakeMessage(packet.Data, packet.Endpoint))
        {
            packet.Consume();
            return;
        }

        _runHasData = true;
        peer.Path.NoteReceived(lane, packet.Length);
        if (!IpView.TryParse(packet.Data, out var inner) || inner.IsTruncated)
        {
            packet.Drop(local.Counters.InnerMalformed);
        }
        else if (_routes.Find(inner.Source) != peer)
        {
            packet.Drop(local.Counters.WrongSource);
        }
        else if (!TakeCongestion(inner, packet.TrafficClass))
        {
            packet.Drop(local.Counters.CongestionDropped);
        }
        else if (peer.Path.ExpectsEcho && peer.Path.TryTakeEcho(inner))
        {
            packet.Consume();
        }
        else
        {
            packet.TrimEnd(packet.Length - inner.Packet.Length);
            _opened++;
        }
    }

    private bool TakeCongestion(IpView inner, byte outerClass)
    {
        if (outerClass == 0)
        {
            return true;
        }

        var before = inner.Ecn;
        if (!OuterClass.TryCombine(inner, outerClass))
        {
            return false;
        }

        local.Counters.CongestionMarked.Add(inner.Ecn == EcnCodepoint.Ce && before != EcnCodepoint.Ce ? 1 : 0);
        return true;
    }

    private void ReleaseKeypair()
    {
        _keypair?.ReleaseOpener(lane);
        _keypair = null;
    }

    /// <summary>After packets of one keypair that followed each other: byte counts and timers, once.</summary>
    private void EndRun(long now)
    {
        if (_keypair is { Peer: { } peer } && _runBytes > 0)
        {
            peer.AddReceived(_runBytes);
            peer.Timers.AuthenticatedReceived(now);
            if (_runHasData)
            {
                peer.Timers.DataReceived(now);
            }

            peer.Handshaker.KeepFreshReceiving(now);
        }

        (_runBytes, _runHasData) = (0, false);
    }
}
