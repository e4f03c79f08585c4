using System.Buffers.Binary;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>
/// Datagrams that wait for a stream, each behind its length in 2 bytes, in a ring of fixed size. Not thread-safe. Pure.
/// </summary>
/// <param name="capacity">Bytes, prefixes included.</param>
internal sealed class FrameQueue(int capacity)
{
    /// <summary>The length of a prefix.</summary>
    public const int PrefixLength = sizeof(ushort);

    private readonly byte[] _ring = GC.AllocateUninitializedArray<byte>(capacity);
    private int _start;

    // How much of the first bytes belongs to a frame whose beginning was sent.
    private int _cut;

    /// <summary>The bytes that wait.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes to send next, as far as they lie together.</summary>
    public ReadOnlySpan<byte> Next => _ring.AsSpan(_start, Math.Min(Length, capacity - _start));

    /// <summary>Adds a datagram, whole or not at all.</summary>
    /// <param name="datagram">At most 65,535 bytes.</param>
    /// <returns>False when it does not fit.</returns>
    public bool TryAdd(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length > ushort.MaxValue || datagram.Length + PrefixLength > capacity - Length)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[PrefixLength];
        BinaryPrimitives.WriteUInt16BigEndian(prefix, (ushort)datagram.Length);
        Write(prefix);
        Write(datagram);
        return true;
    }

    /// <summary>Forgets bytes that were sent.</summary>
    /// <param name="count">0 to <see cref="Length"/>.</param>
    public void Sent(int count)
    {
        if (count == Length)
        {
            (_start, _cut, Length) = (0, 0, 0);
            return;
        }

        // Where the next frame begins has to be known, in case the connection closes.
        var boundary = _cut;
        while (boundary < count)
        {
            boundary += PrefixLength + FrameAt(boundary);
        }

        _cut = boundary - count;
        _start = Wrapped(_start + count);
        Length -= count;
    }

    /// <summary>Forgets everything.</summary>
    /// <returns>The datagrams that were not sent whole.</returns>
    public int Clear()
    {
        var frames = _cut > 0 ? 1 : 0;
        for (var at = _cut; at < Length; at += PrefixLength + FrameAt(at))
        {
            frames++;
        }

        (_start, _cut, Length) = (0, 0, 0);
        return frames;
    }

    private int FrameAt(int offset) => (_ring[Wrapped(_start + offset)] << 8) | _ring[Wrapped(_start + offset + 1)];

    private int Wrapped(int position) => position < capacity ? position : position - capacity;

    private void Write(ReadOnlySpan<byte> bytes)
    {
        var end = Wrapped(_start + Length);
        var first = Math.Min(bytes.Length, capacity - end);
        bytes[..first].CopyTo(_ring.AsSpan(end));
        bytes[first..].CopyTo(_ring);
        Length += bytes.Length;
    }
}
