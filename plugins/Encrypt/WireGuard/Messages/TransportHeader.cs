using System.Buffers.Binary;

namespace Culvert.Plugins.Encrypt.WireGuard.Messages;

/// <summary>The header of a transport message (WireGuard paper, section 5.4.6): type, receiver's index, counter.</summary>
internal static class TransportHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = CounterOffset + 8;

    /// <summary>Content is padded to a multiple of this.</summary>
    public const int PaddingMultiple = 16;

    private const int ReceiverOffset = MessageLayout.IndexOffset;
    private const int CounterOffset = ReceiverOffset + 4;

    /// <summary>Writes the header.</summary>
    public static void Write(Span<byte> header, uint receiver, ulong counter)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)MessageType.Transport);
        BinaryPrimitives.WriteUInt32LittleEndian(header[ReceiverOffset..], receiver);
        BinaryPrimitives.WriteUInt64LittleEndian(header[CounterOffset..], counter);
    }

    /// <summary>The receiver's index.</summary>
    public static uint Receiver(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt32LittleEndian(message[ReceiverOffset..]);

    /// <summary>The message counter.</summary>
    public static ulong Counter(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt64LittleEndian(message[CounterOffset..]);

    /// <summary>
    /// How many zeros to append so that a length becomes a multiple of 16 but never more than the MTU; 0 for a packet over the MTU.
    /// </summary>
    public static int PaddingFor(int length, int mtu)
    {
        var padded = (length + PaddingMultiple - 1) & ~(PaddingMultiple - 1);
        return Math.Max(0, Math.Min(padded, mtu) - length);
    }
}
