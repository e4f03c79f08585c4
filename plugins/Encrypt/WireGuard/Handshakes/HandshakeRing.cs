using Culvert.Packets;

namespace Culvert.Plugins.Encrypt.WireGuard.Handshakes;

/// <summary>A ring of handshake messages in its own memory, which is allocated for the first one. Not thread-safe.</summary>
internal sealed class HandshakeRing(int capacity)
{
    // The longest is an initiation with two tags of 32 bytes.
    private const int SlotSize = 192;

    private readonly DatagramEndpoint[] _sources = new DatagramEndpoint[capacity];
    private readonly int[] _lengths = new int[capacity];
    private readonly bool?[] _cookies = new bool?[capacity];
    private byte[]? _slab;
    private int _first;

    /// <summary>The number of messages that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a copy of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="hasCookie">Whether it shows a valid cookie; null when nobody looked.</param>
    /// <returns>False when the ring is full.</returns>
    public bool TryAdd(ReadOnlySpan<byte> message, DatagramEndpoint source, bool? hasCookie)
    {
        if (Count == capacity || message.Length > SlotSize)
        {
            return false;
        }

        _slab ??= GC.AllocateUninitializedArray<byte>(capacity * SlotSize);
        var slot = (_first + Count) % capacity;
        message.CopyTo(_slab.AsSpan(slot * SlotSize));
        _lengths[slot] = message.Length;
        _sources[slot] = source;
        _cookies[slot] = hasCookie;
        Count++;
        return true;
    }

    /// <summary>Takes the oldest message.</summary>
    /// <param name="buffer">At least as long as the longest message; the message is copied into it.</param>
    /// <param name="length">The message's length.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="hasCookie">What was added with it.</param>
    public bool TryTake(Span<byte> buffer, out int length, out DatagramEndpoint source, out bool? hasCookie)
    {
        if (Count == 0)
        {
            (length, source, hasCookie) = (0, default, null);
            return false;
        }

        length = _lengths[_first];
        source = _sources[_first];
        hasCookie = _cookies[_first];
        _slab.AsSpan(_first * SlotSize, length).CopyTo(buffer);
        _first = (_first + 1) % capacity;
        Count--;
        return true;
    }
}
