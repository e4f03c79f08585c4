using System.Buffers.Binary;
using Culvert.Packets;

namespace Culvert.Plugins.Encrypt.WireGuard.Probing;

/// <summary>The kinds of path messages.</summary>
internal enum ProbeKind : byte
{
    /// <summary>A probe: acknowledge it. The first one asks whether the peer knows these messages.</summary>
    Probe = 1,

    /// <summary>The acknowledgment of a probe.</summary>
    Acknowledgment = 2,

    /// <summary>Asks how many full-sized packets were received.</summary>
    CountRequest = 3,

    /// <summary>How many full-sized packets were received.</summary>
    Counts = 4,

    /// <summary>Asks whether a way to the peer works: answer to where it came from, which does not become the peer's endpoint.</summary>
    WayProbe = 5,

    /// <summary>The answer.</summary>
    WayAnswer = 6,
}

/// <summary>
/// A path message between two Culverts, the content of a transport message (docs/reference/path-mtu-probes.md). Its first byte is zero, the
/// version of no IP packet, so that any other WireGuard drops it.
/// </summary>
internal struct ProbeMessage
{
    /// <summary>Bytes of the shortest message.</summary>
    public const int HeaderSize = 16;

    /// <summary>Bytes of a message with counts.</summary>
    public const int CountsSize = HeaderSize + (SizeCounts.Classes * sizeof(uint));

    private const int KindOffset = 4;
    private const int IdOffset = 6;
    private const int SizeOffset = 8;
    private const int OwnOffset = 12;

    private static ReadOnlySpan<byte> Magic => [0, (byte)'C', (byte)'P', 1];

    public ProbeKind Kind { get; init; }

    /// <summary>The message's number; an answer has that of its question.</summary>
    public ushort Id { get; init; }

    /// <summary>The size of the probe in bytes: content of the transport message, zeros included.</summary>
    public int Size { get; init; }

    /// <summary>The largest packet that the sender sends to the receiver.</summary>
    public int OwnSize { get; init; }

    /// <summary>Where the message came from.</summary>
    public DatagramEndpoint From { get; init; }

    /// <summary>Whether the message is about a way that is not the peer's endpoint: it does not move the peer.</summary>
    /// <param name="content">A transport message's content.</param>
    public static bool IsAboutAWay(ReadOnlySpan<byte> content) =>
        content.Length >= HeaderSize && content.StartsWith(Magic) && (ProbeKind)content[KindOffset] is ProbeKind.WayProbe or ProbeKind.WayAnswer;

    /// <summary>With <see cref="ProbeKind.Counts"/>: the packets that the sender received.</summary>
    public SizeCounts Counts;

    /// <summary>Reads a transport message's content.</summary>
    /// <returns>False when it is no path message.</returns>
    public static bool TryRead(ReadOnlySpan<byte> content, out ProbeMessage message)
    {
        message = default;
        if (content.Length < HeaderSize || !content.StartsWith(Magic))
        {
            return false;
        }

        message = new ProbeMessage
        {
            Kind = (ProbeKind)content[KindOffset],
            Id = BinaryPrimitives.ReadUInt16BigEndian(content[IdOffset..]),
            Size = content.Length,
            OwnSize = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(content[OwnOffset..]), ushort.MaxValue),
        };
        if (message.Kind == ProbeKind.Acknowledgment)
        {
            message = message with { Size = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(content[SizeOffset..]), ushort.MaxValue) };
        }

        return message.Kind switch
        {
            ProbeKind.Probe or ProbeKind.Acknowledgment or ProbeKind.CountRequest or ProbeKind.WayProbe or ProbeKind.WayAnswer => true,
            ProbeKind.Counts => message.TryReadCounts(content),
            _ => false,
        };
    }

    /// <summary>Writes the message and zeros behind it.</summary>
    /// <param name="content">The whole content.</param>
    public readonly void Write(Span<byte> content)
    {
        content.Clear();
        Magic.CopyTo(content);
        content[KindOffset] = (byte)Kind;
        BinaryPrimitives.WriteUInt16BigEndian(content[IdOffset..], Id);
        BinaryPrimitives.WriteUInt32BigEndian(content[SizeOffset..], (uint)Size);
        BinaryPrimitives.WriteUInt32BigEndian(content[OwnOffset..], (uint)OwnSize);
        if (Kind == ProbeKind.Counts)
        {
            for (var place = 0; place < SizeCounts.Classes; place++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(content[(HeaderSize + (place * sizeof(uint)))..], Counts[place]);
            }
        }
    }

    private bool TryReadCounts(ReadOnlySpan<byte> content)
    {
        if (content.Length < CountsSize)
        {
            return false;
        }

        for (var place = 0; place < SizeCounts.Classes; place++)
        {
            Counts[place] = BinaryPrimitives.ReadUInt32BigEndian(content[(HeaderSize + (place * sizeof(uint)))..]);
        }

        return true;
    }
}
