using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Messages;

namespace Culvert.Plugins.Encrypt.WireGuard.Handshakes;

/// <summary>
/// Handshake messages on their way from the inbound loops to the service thread, in rings of fixed size, so that a flood neither grows nor
/// takes packets away from traffic. Those that claim to show a cookie have a ring of their own and go first: a flood of those that do not
/// cannot crowd out a peer that has been given one. Thread-safe.
/// </summary>
internal sealed class HandshakeInbox
{
    /// <summary>The maximum number of messages that wait in each ring.</summary>
    public const int Capacity = 1024;

    private readonly Lock _gate = new();
    private readonly HandshakeRing _withCookie = new(Capacity);
    private readonly HandshakeRing _others = new(Capacity);

    /// <summary>The number of messages that wait.</summary>
    public int Count
    {
        get { lock (_gate) { return _withCookie.Count + _others.Count; } }
    }

    /// <summary>Adds a copy of a message.</summary>
    /// <param name="message">A handshake message of any suite.</param>
    /// <param name="source">The source.</param>
    /// <param name="wasEmpty">True when this is the only one: the reader must be woken.</param>
    /// <returns>False when its ring is full.</returns>
    public bool TryAdd(ReadOnlySpan<byte> message, DatagramEndpoint source, out bool wasEmpty)
    {
        var ring = MessageLayout.ClaimsCookie(message) ? _withCookie : _others;
        lock (_gate)
        {
            wasEmpty = _withCookie.Count + _others.Count == 0;
            return ring.TryAdd(message, source);
        }
    }

    /// <summary>Takes the oldest message, first of those that claim to show a cookie.</summary>
    /// <param name="buffer">At least as long as the longest message; the message is copied into it.</param>
    /// <param name="length">The message's length.</param>
    /// <param name="source">The source.</param>
    public bool TryTake(Span<byte> buffer, out int length, out DatagramEndpoint source)
    {
        lock (_gate)
        {
            return _withCookie.TryTake(buffer, out length, out source) || _others.TryTake(buffer, out length, out source);
        }
    }
}
