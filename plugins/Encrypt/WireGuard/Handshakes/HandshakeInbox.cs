using Culvert.Packets;

namespace Culvert.Plugins.Encrypt.WireGuard.Handshakes;

/// <summary>The ring in which a handshake message waits.</summary>
internal enum InboxPlace
{
    /// <summary>It shows a valid cookie, or answers a message that this end sent.</summary>
    Proven,

    /// <summary>Its source has not called just now.</summary>
    Rare,

    /// <summary>All others.</summary>
    Other,
}

/// <summary>
/// Handshake messages on their way from the inbound loops to the service thread, in rings of fixed size, so that a flood neither grows nor
/// takes packets away from traffic. Messages that proved something have a ring of their own, and so have those of sources that have not called just
/// now. Of seven turns they have four and two, so that no ring starves. Thread-safe.
/// </summary>
internal sealed class HandshakeInbox
{
    /// <summary>The maximum number of proven messages that wait.</summary>
    public const int ProvenCapacity = 1024;

    /// <summary>The maximum number of messages that wait of sources that have not called just now: those of 20 ms in a flood of 200,000 a second.</summary>
    public const int RareCapacity = 4096;

    /// <summary>The maximum number of other messages that wait.</summary>
    public const int OtherCapacity = 1024;

    /// <summary>The maximum number of messages that wait.</summary>
    public const int MaxCount = ProvenCapacity + RareCapacity + OtherCapacity;

    private readonly Lock _gate = new();
    private readonly HandshakeRing _proven = new(ProvenCapacity);
    private readonly HandshakeRing _rare = new(RareCapacity);
    private readonly HandshakeRing _others = new(OtherCapacity);
    private readonly HandshakeRing[] _turns;
    private int _turn;

    public HandshakeInbox() => _turns = [_proven, _rare, _proven, _others, _proven, _rare, _proven];

    /// <summary>The number of messages that wait.</summary>
    public int Count
    {
        get { lock (_gate) { return Waiting; } }
    }

    private int Waiting => _proven.Count + _rare.Count + _others.Count;

    /// <summary>Adds a copy of a message.</summary>
    /// <param name="message">A handshake message of any suite.</param>
    /// <param name="source">The source.</param>
    /// <param name="place">Its ring.</param>
    /// <param name="wasEmpty">True when this is the only one: the reader must be woken.</param>
    /// <param name="hasCookie">Whether it shows a valid cookie; null when nobody looked.</param>
    /// <returns>False when its ring is full.</returns>
    public bool TryAdd(ReadOnlySpan<byte> message, DatagramEndpoint source, InboxPlace place, out bool wasEmpty, bool? hasCookie = null)
    {
        lock (_gate)
        {
            wasEmpty = Waiting == 0;
            return (place switch { InboxPlace.Proven => _proven, InboxPlace.Rare => _rare, _ => _others }).TryAdd(message, source, hasCookie);
        }
    }

    /// <summary>Takes the oldest message of the ring whose turn it is, or else of the best one that has any.</summary>
    /// <param name="buffer">At least as long as the longest message; the message is copied into it.</param>
    /// <param name="length">The message's length.</param>
    /// <param name="source">The source.</param>
    /// <param name="hasCookie">Whether it shows a valid cookie; null when nobody looked.</param>
    public bool TryTake(Span<byte> buffer, out int length, out DatagramEndpoint source, out bool? hasCookie)
    {
        lock (_gate)
        {
            _turn = (_turn + 1) % _turns.Length;
            return _turns[_turn].TryTake(buffer, out length, out source, out hasCookie) || _proven.TryTake(buffer, out length, out source, out hasCookie)
                || _rare.TryTake(buffer, out length, out source, out hasCookie) || _others.TryTake(buffer, out length, out source, out hasCookie);
        }
    }
}
