using Culvert.Packets;

namespace Culvert.Plugins.Encrypt.WireGuard.Handshakes;

/// <summary>
/// Handshake messages on their way from the inbound loops to the service thread, in rings of fixed size, so that a flood neither grows nor
/// takes packets away from traffic. Messages that proved something have a ring of their own. It is served three times as often as the
/// other one, so that neither starves. Thread-safe.
/// </summary>
internal sealed class HandshakeInbox
{
    /// <summary>The maximum number of proven messages that wait.</summary>
    public const int ProvenCapacity = 1024;

    /// <summary>The maximum number of other messages that wait: those of 20 ms in a flood of 200,000 a second.</summary>
    public const int OtherCapacity = 4096;

    /// <summary>The maximum number of messages that wait.</summary>
    public const int MaxCount = ProvenCapacity + OtherCapacity;

    private const int ProvenTurns = 3;

    private readonly Lock _gate = new();
    private readonly HandshakeRing _proven = new(ProvenCapacity);
    private readonly HandshakeRing _others = new(OtherCapacity);
    private int _turn;

    /// <summary>The number of messages that wait.</summary>
    public int Count
    {
        get { lock (_gate) { return _proven.Count + _others.Count; } }
    }

    /// <summary>Adds a copy of a message.</summary>
    /// <param name="message">A handshake message of any suite.</param>
    /// <param name="source">The source.</param>
    /// <param name="isProven">Whether it shows a valid cookie, or answers a message that this end sent.</param>
    /// <param name="wasEmpty">True when this is the only one: the reader must be woken.</param>
    /// <param name="hasCookie">Whether it shows a valid cookie; null when nobody looked.</param>
    /// <returns>False when its ring is full.</returns>
    public bool TryAdd(ReadOnlySpan<byte> message, DatagramEndpoint source, bool isProven, out bool wasEmpty, bool? hasCookie = null)
    {
        lock (_gate)
        {
            wasEmpty = _proven.Count + _others.Count == 0;
            return (isProven ? _proven : _others).TryAdd(message, source, hasCookie);
        }
    }

    /// <summary>Takes the oldest message of the ring whose turn it is.</summary>
    /// <param name="buffer">At least as long as the longest message; the message is copied into it.</param>
    /// <param name="length">The message's length.</param>
    /// <param name="source">The source.</param>
    /// <param name="hasCookie">Whether it shows a valid cookie; null when nobody looked.</param>
    public bool TryTake(Span<byte> buffer, out int length, out DatagramEndpoint source, out bool? hasCookie)
    {
        lock (_gate)
        {
            _turn = (_turn + 1) % (ProvenTurns + 1);
            var (first, second) = _turn == 0 ? (_others, _proven) : (_proven, _others);
            return first.TryTake(buffer, out length, out source, out hasCookie) || second.TryTake(buffer, out length, out source, out hasCookie);
        }
    }
}
