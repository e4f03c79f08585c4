namespace Culvert.Wire;

/// <summary>
/// A UDP datagram in place (RFC 768). <see cref="TryParse"/> proves that the header is complete; after that no accessor fails. Bytes
/// after the UDP length are excluded.
/// <para>
/// A property that is set keeps the checksum right: the update is incremental (RFC 1624), so a wrong checksum stays wrong by the same
/// amount. A checksum of 0, which means none, stays 0; a result of 0 is written as ffff. Members whose name contains <c>Raw</c>, and
/// bytes written through a span, change nothing else.
/// </para>
/// </summary>
public readonly ref struct UdpView
{
    /// <summary>The length of the header in bytes.</summary>
    public const int HeaderLength = Field.Payload;

    /// <summary>The offset of the checksum field from the header's first byte.</summary>
    public const int ChecksumOffset = Field.Checksum;

    private readonly Span<byte> _datagram;

    private UdpView(Span<byte> datagram, bool truncated)
    {
        _datagram = datagram;
        IsTruncated = truncated;
    }

    private static class Field
    {
        public const int SourcePort = 0;
        public const int DestinationPort = SourcePort + 2;
        public const int Length = DestinationPort + 2;
        public const int Checksum = Length + 2;
        public const int Payload = Checksum + 2;
    }

    /// <summary>Proves a UDP header.</summary>
    /// <param name="datagram">The datagram, header first: <see cref="IpView.Transport"/>.</param>
    /// <param name="view">The datagram, no longer than its length field states.</param>
    /// <returns><see langword="false"/> when the header is cut or the length field is below 8.</returns>
    public static bool TryParse(Span<byte> datagram, out UdpView view)
    {
        view = default;
        if (datagram.Length < HeaderLength)
        {
            return false;
        }

        var length = HeaderField.Read16(datagram, Field.Length);
        if (length < HeaderLength)
        {
            return false;
        }

        var truncated = length > datagram.Length;
        view = new UdpView(truncated ? datagram : datagram[..length], truncated);
        return true;
    }

    /// <summary>Whether a datagram is exactly as long as its header says, and has a checksum.</summary>
    internal static bool IsWholeWithChecksum(ReadOnlySpan<byte> datagram) => datagram.Length >= HeaderLength
        && HeaderField.Read16(datagram, Field.Length) == datagram.Length && HeaderField.Read16(datagram, Field.Checksum) != 0;

    /// <summary>Header and payload.</summary>
    public Span<byte> Datagram => _datagram;

    /// <summary>The bytes after the header.</summary>
    public Span<byte> Payload => _datagram[HeaderLength..];

    /// <summary>Whether the length field exceeds the buffer: the datagram was cut, or the field is wrong.</summary>
    public bool IsTruncated { get; }

    /// <summary>The length of header and payload in bytes, as the header states it.</summary>
    public ushort Length => Read(Field.Length);

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

    /// <summary>
    /// The checksum field; 0 means that none was computed, which IPv4 allows. Setting it writes the value as it is.
    /// </summary>
    public ushort Checksum
    {
        get => Read(Field.Checksum);
        set => HeaderField.Write16(_datagram, Field.Checksum, value);
    }

    /// <summary>
    /// Writes the length alone. The checksum covers it twice, here and in the pseudo-header, and is left to the caller; this view covers
    /// the same bytes as before.
    /// </summary>
    /// <param name="value">Bytes of header and payload.</param>
    public void SetRawLength(ushort value) => HeaderField.Write16(_datagram, Field.Length, value);

    /// <summary>Writes a header in front of a payload that is already in place, its checksum included.</summary>
    /// <param name="datagram">Header and payload; the header takes the first 8 bytes.</param>
    /// <param name="sourcePort">The sender's port.</param>
    /// <param name="destinationPort">The receiver's port.</param>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum()"/> of the IP header in front.</param>
    /// <returns>The datagram.</returns>
    /// <exception cref="ArgumentException"><paramref name="datagram"/> is shorter than a header or longer than 65535 bytes.</exception>
    public static UdpView Write(Span<byte> datagram, ushort sourcePort, ushort destinationPort, uint pseudoHeader)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(datagram.Length, ushort.MaxValue, nameof(datagram));
        ArgumentOutOfRangeException.ThrowIfLessThan(datagram.Length, HeaderLength, nameof(datagram));
        var view = new UdpView(datagram, truncated: false);
        HeaderField.Write16(datagram, Field.SourcePort, sourcePort);
        HeaderField.Write16(datagram, Field.DestinationPort, destinationPort);
        view.SetRawLength((ushort)datagram.Length);
        view.FillChecksum(pseudoHeader);
        return view;
    }

    /// <summary>
    /// Whether the checksum is right. The result means nothing for a field that contains 0: compare <see cref="Checksum"/> first.
    /// </summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum(int)"/> with <see cref="Length"/>.</param>
    public bool IsChecksumValid(uint pseudoHeader) => InternetChecksum.IsValid(_datagram, pseudoHeader);

    /// <summary>Computes the value that the checksum should have; by the zero rule never 0.</summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum(int)"/> with <see cref="Length"/>.</param>
    public ushort ComputeChecksum(uint pseudoHeader) =>
        InternetChecksum.ToUdp(InternetChecksum.ComputeWithout(_datagram, Field.Checksum, pseudoHeader));

    /// <summary>Computes the checksum and writes it.</summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum(int)"/> with <see cref="Length"/>.</param>
    public void FillChecksum(uint pseudoHeader) => Checksum = ComputeChecksum(pseudoHeader);

    private ushort Read(int field) => HeaderField.Read16(_datagram, field);

    private void Replace(int field, ushort value)
    {
        Checksum = HeaderField.UpdateUdp(Checksum, Read(field), value);
        HeaderField.Write16(_datagram, field, value);
    }
}
