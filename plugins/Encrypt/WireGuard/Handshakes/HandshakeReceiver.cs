using Culvert.Counters;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Stages;

namespace Culvert.Plugins.Encrypt.WireGuard.Handshakes;

/// <summary>
/// Handshake messages, off the data loops. The flow of one message:
/// <code>
/// 1. HandshakeGate (inbound loop): length, mac1, under load mac2; a copy waits in the inbox
/// 2. Drain (service thread): a few at a time, so that timers come in between; under load at a steady pace, for a bounded time, so that
///    a flood does not wake threads for each of its messages
/// 3. under load mac2, else a cookie reply; the source's rate
/// 4. by type: initiation → response; response → keypair; cookie reply → cookie
/// </code>
/// </summary>
internal sealed class HandshakeReceiver : IDisposable
{
    private const int MessagesPerTurn = 16;
    private const int LoadThreshold = 128;
    private const int StillLoadedThreshold = LoadThreshold / 8;
    private const int BufferSize = 256;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxTurn = TimeSpan.FromMilliseconds(8);

    /// <summary>When the rest is looked at that no further message begins a turn for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly LocalEnd _local;
    private readonly PeerTable _peers;
    private readonly StageTimer _pace;
    private readonly HandshakeInbox _inbox = new();
    private readonly RateLimiter _rateLimiter;
    private readonly RefusalLog _refusals;
    private readonly SuiteGuesser _guesser;
    private readonly Action _drain;
    private readonly byte[] _buffer = new byte[BufferSize];
    private long _underLoadUntil = long.MinValue;
    private long _turnAt = long.MinValue;

    public HandshakeReceiver(LocalEnd local, PeerTable peers)
    {
        (_local, _peers) = (local, peers);
        _rateLimiter = new RateLimiter(local.Clock);
        _refusals = new RefusalLog(local.Clock);
        _guesser = new SuiteGuesser(local, peers, _refusals);
        _drain = Drain;
        _pace = local.Host.CreateTimer(_drain);
    }

    /// <summary>Treats every message as under load: for tests of cookies.</summary>
    public bool AlwaysUnderLoad { get; set; }

    /// <summary>Whether handshakes must show a cookie.</summary>
    public bool IsUnderLoad => AlwaysUnderLoad || IsFlooded;

    private bool IsFlooded => _local.Clock.Now < Volatile.Read(ref _underLoadUntil);

    /// <summary>Takes a message from an inbound loop. Any thread; does not block.</summary>
    /// <param name="message">A message that passed <see cref="HandshakeGate"/>.</param>
    /// <param name="source">The source.</param>
    /// <param name="place">Where it waits.</param>
    /// <param name="hasCookie">Whether it shows a valid cookie; null when nobody looked.</param>
    /// <returns>False when too many wait already.</returns>
    public bool TryDeliver(ReadOnlySpan<byte> message, DatagramEndpoint source, InboxPlace place = InboxPlace.Rare, bool? hasCookie = null)
    {
        var added = _inbox.TryAdd(message, source, place, out var wasEmpty, hasCookie);
        Wake(wasEmpty);
        return added;
    }

    /// <summary>Counts a message with a wrong mac1. Any thread.</summary>
    public void RefuseMac1(DatagramEndpoint source)
    {
        _local.Counters.RejectedMac1.Increment();
        if (_refusals.MayLog(Refusal.Mac1))
        {
            TunnelLog.WrongMac1(_local.Logger, source, _local.OwnName);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pace.Dispose();

    // Under load an inbound loop begins the turns, as its messages come all the time: a timer's thread for each would cost more than the turn. The
    // timer is for what is left when no more come.
    private void Wake(bool wasEmpty)
    {
        if (!IsFlooded)
        {
            if (wasEmpty)
            {
                BeginTurn();
            }

            return;
        }

        if (wasEmpty)
        {
            _pace.Schedule(Patience);
        }

        var turnAt = Volatile.Read(ref _turnAt);
        if (_local.Clock.Now >= turnAt && Interlocked.CompareExchange(ref _turnAt, long.MaxValue, turnAt) == turnAt)
        {
            BeginTurn();
        }
    }

    // Only a message that finds the inbox empty wakes the service thread: where its post is refused, the timer comes instead, which always does.
    private void BeginTurn()
    {
        if (!_local.Host.TryPost(_drain))
        {
            _pace.Schedule(Patience);
        }
    }

    private void Drain()
    {
        if (_inbox.Count >= (IsFlooded ? StillLoadedThreshold : LoadThreshold))
        {
            Volatile.Write(ref _underLoadUntil, _local.Clock.Now + _local.Clock.Ticks(ProtocolTimes.UnderLoad));
        }

        var isFlooded = IsFlooded;
        var start = _local.Clock.Now;
        var end = start + _local.Clock.Ticks(MaxTurn);
        Volatile.Write(ref _turnAt, start + _local.Clock.Ticks(Tick));
        try
        {
            var count = 0;
            while ((isFlooded ? _local.Clock.Now < end : count < MessagesPerTurn) && count < HandshakeInbox.MaxCount
                && _inbox.TryTake(_buffer, out var length, out var source, out var hasCookie))
            {
                Handle(_buffer.AsSpan(0, length), source, hasCookie);
                count++;
            }
        }
        finally
        {
            // Also after a fault, as only a message that finds the inbox empty wakes this. When the last one has just been taken, an extra
            // turn does no harm.
            if (_inbox.Count > 0)
            {
                Continue();
            }
        }
    }

    private void Continue()
    {
        if (IsFlooded)
        {
            _pace.Schedule(Patience);
        }
        else
        {
            BeginTurn();
        }
    }

    private void Handle(Span<byte> message, DatagramEndpoint source, bool? hasCookie)
    {
        var type = MessageLayout.TypeOf(message);
        if (type == MessageType.CookieReply)
        {
            HandleCookieReply(new CookieReply(message));
            return;
        }

        if (IsUnderLoad && !ProvesItsAddress(message, source, hasCookie))
        {
            return;
        }

        if (type == MessageType.Response)
        {
            HandleResponse(message, source);
        }
        else if (message.Length == _local.Layout.InitiationSize)
        {
            HandleInitiation(message, source);
        }
        else
        {
            _guesser.Guess(message, source);
        }
    }

    private bool ProvesItsAddress(Span<byte> message, DatagramEndpoint source, bool? hasCookie)
    {
        // In a flood with random cookies a second look would cost as much as the answer.
        if (hasCookie ?? _local.CookieChecker.CheckMac2(message, source))
        {
            if (_rateLimiter.Allow(source))
            {
                return true;
            }

            _local.Counters.RejectedRate.Increment();
            return false;
        }

        _local.Counters.CookiesSent.Increment();
        if (_local.TryRent(CookieReply.Size, out var lease))
        {
            _local.CookieChecker.WriteReply(lease.Data, message, source);
            lease.Endpoint = source;
            _local.Host.Send(lease);
        }

        return false;
    }

    private void HandleInitiation(Span<byte> message, DatagramEndpoint source)
    {
        var noise = NoiseHandshake.Responder(_local.Suite, MacLabels.Identifier, _local.Identity);
        if (!noise.TryReadStatic(_local.Layout.Initiation(message)))
        {
            noise.Dispose();
            _local.Counters.RejectedInvalid.Increment();
            _guesser.Guess(message, source);
            return;
        }

        if (!_peers.TryGet(new PublicKey(noise.RemoteStatic), out var peer))
        {
            RefuseUnknown(noise, source);
            return;
        }

        var verdict = peer.Handshake.ConsumeInitiation(noise, message);
        if (verdict != HandshakeVerdict.Accepted)
        {
            Refuse(peer, verdict, source);
            return;
        }

        NoteAuthentic(peer, message.Length, source);
        peer.Handshaker.Respond();
    }

    private void HandleResponse(Span<byte> message, DatagramEndpoint source)
    {
        var index = MessageLayout.ResponseReceiverIndex(message);
        if (!_peers.Indexes.TryGetPeer(index, out var peer) || !peer.Handshake.Awaits(index))
        {
            _local.Counters.RejectedInvalid.Increment();
            return;
        }

        if (peer.Handshake.ConsumeResponse(message) is not { } keypair)
        {
            RefuseResponse(peer);
            return;
        }

        NoteAuthentic(peer, message.Length, source);
        peer.Handshaker.Accept(keypair);
    }

    private void HandleCookieReply(CookieReply reply)
    {
        if (_peers.Indexes.TryGetPeer(reply.Receiver, out var peer) && peer.Handshake.Cookies.TryConsume(reply))
        {
            _local.Counters.CookiesReceived.Increment();
        }
        else
        {
            _local.Counters.RejectedInvalid.Increment();
        }
    }

    private void RefuseUnknown(NoiseHandshake noise, DatagramEndpoint source)
    {
        _local.Counters.RejectedUnknownPeer.Increment();
        if (_refusals.MayLog(Refusal.UnknownPeer))
        {
            TunnelLog.UnknownPeer(_local.Logger, source, new PublicKey(noise.RemoteStatic).ToShortString());
        }

        noise.Dispose();
    }

    private void RefuseResponse(Peer peer)
    {
        _local.Counters.RejectedInvalid.Increment();
        peer.Reachability.NoteFailure("response cannot be read; check that both ends have the same preshared key, unless somebody forges responses");
        if (_refusals.MayLog(Refusal.UnreadableResponse))
        {
            TunnelLog.UnreadableResponse(_local.Logger, peer.Name, peer.Endpoint.Current);
        }
    }

    private void Refuse(Peer peer, HandshakeVerdict verdict, DatagramEndpoint source)
    {
        CounterOf(verdict).Increment();
        if (verdict != HandshakeVerdict.Replayed)
        {
            return;
        }

        peer.Reachability.NoteFailure("timestamp not newer than the last one; check that the peer's clock did not go back, unless somebody sends a recorded message again");
        if (_refusals.MayLog(Refusal.Replayed))
        {
            TunnelLog.ReplayedTimestamp(_local.Logger, source, peer.Name);
        }
    }

    private Counter CounterOf(HandshakeVerdict verdict) => verdict switch
    {
        HandshakeVerdict.Replayed => _local.Counters.RejectedReplayed,
        HandshakeVerdict.TooSoon => _local.Counters.RejectedTooSoon,
        _ => _local.Counters.RejectedInvalid,
    };

    private void NoteAuthentic(Peer peer, int length, DatagramEndpoint source)
    {
        peer.Endpoint.MoveTo(source);
        peer.AddReceived(length);
        peer.Timers.AuthenticatedReceived(_local.Clock.Now);
    }
}
