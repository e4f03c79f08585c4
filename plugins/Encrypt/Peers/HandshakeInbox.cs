using Culvert.Packets;

namespace Culvert.Plugins.Encrypt.Peers;

/// <summary>
/// Handshake messages on their way from the inbound loops to the service thread: a ring of fixed size in memory of its own, so that a
/// flood neither grows nor takes packets away from traffic. Thread-safe.
/// </summary>
internal sealed class HandshakeInbox
{
    /// <summary>How many messages wait at most.</summary>
    public const int Capacity = 1024;

    // The longest is an initiation with two tags of 32 bytes.
    private const int SlotSize = 192;

    private readonly Lock _gate = new();
    private readonly NetworkEndpoint[] _sources = new NetworkEndpoint[Capacity];
    private readonly int[] _lengths = new int[Capacity];
    private byte[]? _slab;
    private int _first;
    private int _count;

    /// <summary>How many wait.</summary>
    public int Count
    {
        get { lock (_gate) { return _count; } }
    }

    /// <summary>Adds a copy of a message.</summary>
    /// <param name="message">A handshake message of any suite.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="wasEmpty">True when this is the only one: the reader must be woken.</param>
    /// <returns>False when the ring is full.</returns>
    public bool TryAdd(ReadOnlySpan<byte> message, NetworkEndpoint source, out bool wasEmpty)
    {
        lock (_gate)
        {
            wasEmpty = _count == 0;
            if (_count == Capacity || message.Length > SlotSize)
            {
                return false;
            }

            _slab ??= GC.AllocateUninitializedArray<byte>(Capacity * SlotSize);
            var slot = (_first + _count) % Capacity;
            message.CopyTo(_slab.AsSpan(slot * SlotSize));
            _lengths[slot] = message.Length;
            _sources[slot] = source;
            _count++;
            return true;
        }
    }

    /// <summary>Takes the oldest message.</summary>
    /// <param name="buffer">At least as long as the longest message; the message is copied into it.</param>
    /// <param name="length">The message's length.</param>
    /// <param name="source">Where it came from.</param>
    public bool TryTake(Span<byte> buffer, out int length, out NetworkEndpoint source)
    {
        lock (_gate)
        {
            if (_count == 0)
            {
                (length, source) = (0, default);
                return false;
            }

            length = _lengths[_first];
            source = _sources[_first];
            _slab.AsSpan(_first * SlotSize, length).CopyTo(buffer);
            _first = (_first + 1) % Capacity;
            _count--;
            return true;
        }
    }
}
