using System.Runtime.CompilerServices;

namespace Culvert.Wire;

/// <summary>
/// A TCP segment in place (RFC 9293 §3.1). <see cref="TryParse"/> proves that the header with its options is complete; after that no
/// accessor fails.
/// <para>
/// A property that is set keeps the checksum right: the update is incremental (RFC 1624), so a wrong checksum stays wrong by the same
/// amount. Bytes written through a span change nothing else.
/// </para>
/// </summary>
public readonly ref struct TcpView
{
    /// <summary>The length in bytes of a header without options.</summary>
    public const int MinimumHeaderLength = Field.Options;

    /// <summary>The length of the longest header in bytes.</summary>
    public const int MaximumHeaderLength = 15 * sizeof(uint);

    /// <summary>The offset of the checksum field from the segment's first byte.</summary>
    public const int ChecksumOffset = Field.Checksum;

    private const int FlagsMask = 0x1FF;
    private const int OffsetShift = 12;

    private readonly Span<byte> _segment;
    private readonly int _headerLength;

    private TcpView(Span<byte> segment, int headerLength)
    {
        _segment = segment;
        _headerLength = headerLength;
    }

    internal static class Field
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
    /// <returns><see langword="false"/> when the header is cut or its data offset is below 5 or past the end.</returns>
    public static bool TryParse(Span<byte> segment, out TcpView view)
    {
        if (!HasHeader(segment))
        {
            view = default;
            return false;
        }

        view = new TcpView(segment, HeaderLengthOf(segment));
        return true;
    }

    /// <summary>Whether a segment starts with a whole TCP header.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool HasHeader(ReadOnlySpan<byte> segment) => segment.Length >= MinimumHeaderLength
        && HeaderLengthOf(segment) is >= MinimumHeaderLength and var length && length <= segment.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int HeaderLengthOf(ReadOnlySpan<byte> segment) => (segment[Field.OffsetAndFlags] >> 4) * sizeof(uint);

    /// <summary>Header and payload.</summary>
    public Span<byte> Segment => _segment;

    /// <summary>The header's length in bytes, 20 to 60.</summary>
    public int HeaderLength => _headerLength;

    /// <summary>The options, for <c>foreach</c>.</summary>
    public TcpOptions Options => new(_segment[.._headerLength]);

    /// <summary>The bytes after the header.</summary>
    public Span<byte> Payload => _segment[_headerLength..];

    /// <summary>Whether the SYN bit is set, whatever the others are.</summary>
    public bool IsSyn => (_segment[Field.OffsetAndFlags + 1] & (int)TcpFlags.Syn) != 0;

    /// <summary>The sender's port.</summary>
    public ushort SourcePort
    {
        get => Read(Field.SourcePort);
        set => Replace(Field.SourcePort, value);
    }

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort
    {
        get => Read(Field.DestinationPort);
        set => Replace(Field.DestinationPort, value);
    }

    /// <summary>The sequence number.</summary>
    public uint Sequence
    {
        get => HeaderField.Read32(_segment, Field.Sequence);
        set => HeaderField.Replace32(_segment, Field.Sequence, value, Field.Checksum);
    }

    /// <summary>The acknowledgment number.</summary>
    public uint Acknowledgment
    {
        get => HeaderField.Read32(_segment, Field.Acknowledgment);
        set => HeaderField.Replace32(_segment, Field.Acknowledgment, value, Field.Checksum);
    }

    /// <summary>The control bits.</summary>
    public TcpFlags Flags
    {
        get => (TcpFlags)(OffsetAndFlags & FlagsMask);
        set => Replace(Field.OffsetAndFlags, (ushort)((OffsetAndFlags & ~FlagsMask) | ((int)value & FlagsMask)));
    }

    /// <summary>
    /// The header's length in words of 4 bytes, 5 to 15. Setting it does not change which bytes this view covers; the options in the
    /// header are the caller's to write.
    /// </summary>
    public int DataOffset
    {
        get => OffsetAndFlags >> OffsetShift;
        set => Replace(Field.OffsetAndFlags, (ushort)((OffsetAndFlags & ((1 << OffsetShift) - 1)) | (value << OffsetShift)));
    }

    /// <summary>The window as in the header, not scaled.</summary>
    public ushort Window
    {
        get => Read(Field.Window);
        set => Replace(Field.Window, value);
    }

    /// <summary>The urgent pointer.</summary>
    public ushort UrgentPointer
    {
        get => Read(Field.UrgentPointer);
        set => Replace(Field.UrgentPointer, value);
    }

    /// <summary>The checksum field. Setting it writes the value as it is.</summary>
    public ushort Checksum
    {
        get => Read(Field.Checksum);
        set => HeaderField.Write16(_segment, Field.Checksum, value);
    }

    /// <summary>Writes a header in front of a payload that is already in place, its checksum included.</summary>
    /// <param name="segment">Header, options and payload; the header takes the first 20 bytes, the options follow.</param>
    /// <param name="sourcePort">The sender's port.</param>
    /// <param name="destinationPort">The receiver's port.</param>
    /// <param name="sequence">The sequence number.</param>
    /// <param name="acknowledgment">The acknowledgment number.</param>
    /// <param name="flags">The control bits.</param>
    /// <param name="window">The window, not scaled.</param>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum()"/> of the IP header in front.</param>
    /// <param name="options">The options, 0 to 40 bytes; a multiple of 4.</param>
    /// <returns>The segment.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="segment"/> is shorter than header and options, or the options have another length.
    /// </exception>
    public static TcpView Write(
        Span<byte> segment, ushort sourcePort, ushort destinationPort, uint sequence, uint acknowledgment, TcpFlags flags, ushort window,
        uint pseudoHeader, ReadOnlySpan<byte> options = default)
    {
        var headerLength = MinimumHeaderLength + options.Length;
        if (options.Length % sizeof(uint) != 0 || headerLength > MaximumHeaderLength)
        {
            throw new ArgumentException($"TCP options have 0 to 40 bytes in words of 4, not {options.Length}.", nameof(options));
        }

        options.CopyTo(segment[MinimumHeaderLength..headerLength]);
        var view = new TcpView(segment, headerLength);
        HeaderField.Write16(segment, Field.SourcePort, sourcePort);
        HeaderField.Write16(segment, Field.DestinationPort, destinationPort);
        HeaderField.Write32(segment, Field.Sequence, sequence);
        HeaderField.Write32(segment, Field.Acknowledgment, acknowledgment);
        var words = headerLength / sizeof(uint);
        HeaderField.Write16(segment, Field.OffsetAndFlags, (ushort)((words << OffsetShift) | ((int)flags & FlagsMask)));
        HeaderField.Write16(segment, Field.Window, window);
        HeaderField.Write16(segment, Field.UrgentPointer, 0);
        view.FillChecksum(pseudoHeader);
        return view;
    }

    /// <summary>Whether the checksum is right.</summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum()"/>.</param>
    public bool IsChecksumValid(uint pseudoHeader) => InternetChecksum.IsValid(_segment, pseudoHeader);

    /// <summary>Computes the value that the checksum should have; 0 is an ordinary one.</summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum()"/>.</param>
    public ushort ComputeChecksum(uint pseudoHeader) => InternetChecksum.ComputeWithout(_segment, Field.Checksum, pseudoHeader);

    /// <summary>Computes the checksum and writes it.</summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum()"/>.</param>
    public void FillChecksum(uint pseudoHeader) => Checksum = ComputeChecksum(pseudoHeader);

    /// <summary>The word with the data offset, the reserved bits and the control bits.</summary>
    internal ushort OffsetAndFlags => Read(Field.OffsetAndFlags);

    private ushort Read(int field) => HeaderField.Read16(_segment, field);

    private void Replace(int field, ushort value) => HeaderField.Replace16(_segment, field, value, Field.Checksum);
}
