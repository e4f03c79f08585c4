using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Stages;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// Handshake messages, off the data loops. The flow of one message:
/// <code>
/// 1. Deliver (inbound loop): its length fits its type; a copy waits in the inbox
/// 2. Drain (service thread): a few at a time, so that timers come in between; under load at a steady pace, many at a time, so that a
///    flood does not wake threads for each of its messages
/// 3. mac1; under load mac2, else a cookie reply; the source's rate
/// 4. by type: initiation → response; response → keypair; cookie reply → cookie
/// </code>
/// </summary>
internal sealed class HandshakeReceiver : IDisposable
{
    private const int MessagesPerTurn = 16;
    private const int MessagesPerTick = 256;
    private const int LoadThreshold = HandshakeInbox.Capacity / 8;
    private const int StillLoadedThreshold = LoadThreshold / 8;
    private const int BufferSize = 256;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly Tunnel _tunnel;
    private readonly StageTimer _pace;
    private readonly HandshakeInbox _inbox = new();
    private readonly RateLimiter _rateLimiter;
    private readonly SuiteGuesser _guesser;
    private readonly Action _drain;
    private readonly byte[] _buffer = new byte[BufferSize];
    private long _underLoadUntil = long.MinValue;

    public HandshakeReceiver(Tunnel tunnel)
    {
        _tunnel = tunnel;
        _rateLimiter = new RateLimiter(tunnel.Clock);
        _guesser = new SuiteGuesser(tunnel);
        _drain = Drain;
        _pace = tunnel.Context.CreateTimer(_drain);
    }

    /// <summary>Treats every message as under load: for tests of cookies.</summary>
    public bool AlwaysUnderLoad { get; set; }

    /// <summary>True while handshakes must show a cookie.</summary>
    public bool IsUnderLoad => AlwaysUnderLoad || IsFlooded;

    private bool IsFlooded => _tunnel.Clock.Now < Volatile.Read(ref _underLoadUntil);

    /// <summary>Takes a message from an inbound loop. Any thread; does not block.</summary>
    /// <returns>False when too many wait already.</returns>
    public bool TryDeliver(ReadOnlySpan<byte> message, DatagramEndpoint source)
    {
        var added = _inbox.TryAdd(message, source, out var wasEmpty);
        if (added && wasEmpty)
        {
            DrainSoon();
        }

        return added;
    }

    /// <inheritdoc/>
    public void Dispose() => _pace.Dispose();

    private void DrainSoon()
    {
        if (IsFlooded)
        {
            _pace.Schedule(Tick);
        }
        else
        {
            _tunnel.Context.Post(_drain);
        }
    }

    private void Drain()
    {
        if (_inbox.Count >= (IsFlooded ? StillLoadedThreshold : LoadThreshold))
        {
            Volatile.Write(ref _underLoadUntil, _tunnel.Clock.Now + _tunnel.Clock.Ticks(ProtocolTimes.UnderLoad));
        }

        var turn = IsFlooded ? MessagesPerTick : MessagesPerTurn;
        for (var i = 0; i < turn; i++)
        {
            if (!_inbox.TryTake(_buffer, out var length, out var source))
            {
                return;
            }

            Handle(_buffer.AsSpan(0, length), source);
        }

        // Also when the last one has just been taken: whoever adds to an empty inbox wakes this as well, and an extra turn does no harm.
        if (_inbox.Count > 0)
        {
            DrainSoon();
        }
    }

    private void Handle(Span<byte> message, DatagramEndpoint source)
    {
        var type = MessageLayout.TypeOf(message);
        if (type == MessageType.CookieReply)
        {
            HandleCookieReply(new CookieReply(message));
            return;
        }

        if (!_tunnel.CookieChecker.CheckMac1(message))
        {
            _tunnel.Counters.RejectedMac1.Increment();
            return;
        }

        if (IsUnderLoad && !ProvesItsAddress(message, source))
        {
            return;
        }

        if (type == MessageType.Response)
        {
            HandleResponse(message, source);
        }
        else if (message.Length == _tunnel.Layout.InitiationSize)
        {
            HandleInitiation(message, source);
        }
        else
        {
            _guesser.Guess(message, source);
        }
    }

    private bool ProvesItsAddress(Span<byte> message, DatagramEndpoint source)
    {
        if (_tunnel.CookieChecker.CheckMac2(message, source))
        {
            if (_rateLimiter.Allow(source))
            {
                return true;
            }

            _tunnel.Counters.RejectedRate.Increment();
            return false;
        }

        _tunnel.Counters.CookiesSent.Increment();
        if (_tunnel.Context.TryRent(CookieReply.Size, out var lease))
        {
            _tunnel.CookieChecker.WriteReply(lease.Data, message, source);
            lease.Endpoint = source;
            _tunnel.Context.Emit(Direction.Outbound, lease);
        }

        return false;
    }

    private void HandleInitiation(Span<byte> message, DatagramEndpoint source)
    {
        var noise = NoiseHandshake.Responder(_tunnel.Suite, MacLabels.Identifier, _tunnel.Identity);
        if (!noise.TryReadStatic(_tunnel.Layout.Initiation(message)))
        {
            noise.Dispose();
            _tunnel.Counters.RejectedInvalid.Increment();
            _guesser.Guess(message, source);
            return;
        }

        if (!_tunnel.TryGetPeer(new PublicKey(noise.RemoteStatic), out var peer))
        {
            noise.Dispose();
            _tunnel.Counters.RejectedUnknownPeer.Increment();
            return;
        }

        var verdict = peer.Handshake.ConsumeInitiation(noise, message);
        if (verdict != HandshakeVerdict.Accepted)
        {
            _tunnel.Counters.ForVerdict(verdict).Increment();
            return;
        }

        NoteAuthentic(peer, message.Length, source);
        peer.SendResponse();
    }

    private void HandleResponse(Span<byte> message, DatagramEndpoint source)
    {
        if (!_tunnel.Indexes.TryGetPeer(MessageLayout.ResponseReceiverIndex(message), out var peer)
            || peer.Handshake.ConsumeResponse(message) is not { } keypair)
        {
            _tunnel.Counters.RejectedInvalid.Increment();
            return;
        }

        NoteAuthentic(peer, message.Length, source);
        peer.AcceptResponse(keypair);
    }

    private void HandleCookieReply(CookieReply reply)
    {
        if (_tunnel.Indexes.TryGetPeer(reply.Receiver, out var peer) && peer.Handshake.Cookies.TryConsume(reply))
        {
            _tunnel.Counters.CookiesReceived.Increment();
        }
        else
        {
            _tunnel.Counters.RejectedInvalid.Increment();
        }
    }

    private void NoteAuthentic(Peer peer, int length, DatagramEndpoint source)
    {
        peer.SetEndpoint(source);
        peer.AddReceived(length);
        peer.Timers.AuthenticatedReceived(_tunnel.Clock.Now);
    }
}
