using System.Buffers.Binary;

namespace Culvert.Wire;

/// <summary>
/// A TCP segment (RFC 9293 §3.1) in place. <see cref="TryParse"/> proves that the header and its options are whole; from then on no
/// accessor can fail. A setter writes its field only: the checksum is the caller's to update.
/// </summary>
public readonly ref struct TcpView
{
    /// <summary>The bytes of a header without options.</summary>
    public const int MinimumHeaderLength = Field.Options;

    /// <summary>The bytes of the longest header.</summary>
    public const int MaximumHeaderLength = 15 * sizeof(uint);

    /// <summary>Where the checksum field lies, from the segment's first byte.</summary>
    public const int ChecksumOffset = Field.Checksum;

    private const int FlagsMask = 0x1FF;

    private readonly Span<byte> _segment;
    private readonly int _headerLength;

    private TcpView(Span<byte> segment, int headerLength)
    {
        _segment = segment;
        _headerLength = headerLength;
    }

    private static class Field
    {
        public const int SourcePort = 0;
        public const int DestinationPort = SourcePort + 2;
        public const int Sequence = DestinationPort + 2;
        public const int Acknowledgment = Sequence + 4;
        public const int OffsetAndFlags = Acknowledgment + 4;
        public const int Window = OffsetAndFlags + 2;
        public const int Checksum = Window + 2;
        public const int UrgentPointer = Checksum + 2;
        public const int Options = UrgentPointer + 2;
    }

    /// <summary>Proves a TCP header.</summary>
    /// <param name="segment">The segment, header first: <see cref="IpView.Transport"/>.</param>
    /// <param name="view">The segment.</param>
    /// <returns>False when the header is cut or its data offset is below 5 or past the end.</returns>
    public static bool TryParse(Span<byte> segment, out TcpView view)
    {
        view = default;
        if (segment.Length < MinimumHeaderLength)
        {
            return false;
        }

        var headerLength = (segment[Field.OffsetAndFlags] >> 4) * sizeof(uint);
        if (headerLength < MinimumHeaderLength || headerLength > segment.Length)
        {
            return false;
        }

        view = new TcpView(segment, headerLength);
        return true;
    }

    /// <summary>Header and payload.</summary>
    public Span<byte> Segment => _segment;

    /// <summary>20 to 60 bytes.</summary>
    public int HeaderLength => _headerLength;

    /// <summary>The options, to be walked with <c>foreach</c>.</summary>
    public TcpOptions Options => new(_segment[Field.Options.._headerLength], Field.Options);

    /// <summary>What follows the header.</summary>
    public Span<byte> Payload => _segment[_headerLength..];

    /// <summary>The sender's port.</summary>
    public ushort SourcePort
    {
        get => Read(Field.SourcePort);
        set => Write(Field.SourcePort, value);
    }

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort
    {
        get => Read(Field.DestinationPort);
        set => Write(Field.DestinationPort, value);
    }

    /// <summary>The sequence number.</summary>
    public uint Sequence
    {
        get => BinaryPrimitives.ReadUInt32BigEndian(_segment[Field.Sequence..]);
        set => BinaryPrimitives.WriteUInt32BigEndian(_segment[Field.Sequence..], value);
    }

    /// <summary>The acknowledgment number.</summary>
    public uint Acknowledgment
    {
        get => BinaryPrimitives.ReadUInt32BigEndian(_segment[Field.Acknowledgment..]);
        set => BinaryPrimitives.WriteUInt32BigEndian(_segment[Field.Acknowledgment..], value);
    }

    /// <summary>The control bits.</summary>
    public TcpFlags Flags
    {
        get => (TcpFlags)(Read(Field.OffsetAndFlags) & FlagsMask);
        set => Write(Field.OffsetAndFlags, (ushort)((Read(Field.OffsetAndFlags) & ~FlagsMask) | ((int)value & FlagsMask)));
    }

    /// <summary>True when the SYN bit is set, whatever else is.</summary>
    public bool IsSyn => (_segment[Field.OffsetAndFlags + 1] & (int)TcpFlags.Syn) != 0;

    /// <summary>The header's length in words of 4 bytes, 5 to 15. Setting it does not change what this view covers.</summary>
    public int DataOffset
    {
        get => _segment[Field.OffsetAndFlags] >> 4;
        set => _segment[Field.OffsetAndFlags] = (byte)((_segment[Field.OffsetAndFlags] & 0xF) | (value << 4));
    }

    /// <summary>The word that holds the data offset and the control bits, for an incremental checksum update.</summary>
    public ushort DataOffsetAndFlags => Read(Field.OffsetAndFlags);

    /// <summary>The window as in the header, not scaled.</summary>
    public ushort Window
    {
        get => Read(Field.Window);
        set => Write(Field.Window, value);
    }

    /// <summary>The checksum field.</summary>
    public ushort Checksum
    {
        get => Read(Field.Checksum);
        set => Write(Field.Checksum, value);
    }

    /// <summary>The urgent pointer.</summary>
    public ushort UrgentPointer
    {
        get => Read(Field.UrgentPointer);
        set => Write(Field.UrgentPointer, value);
    }

    /// <summary>True when the checksum is right.</summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum()"/>.</param>
    public bool IsChecksumValid(uint pseudoHeader) => InternetChecksum.IsValid(_segment, pseudoHeader);

    /// <summary>The value that the checksum should have; 0 is an ordinary one.</summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum()"/>.</param>
    public ushort ComputeChecksum(uint pseudoHeader) => InternetChecksum.ComputeWithout(_segment, Field.Checksum, pseudoHeader);

    private ushort Read(int field) => BinaryPrimitives.ReadUInt16BigEndian(_segment[field..]);

    private void Write(int field, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(_segment[field..], value);
}
