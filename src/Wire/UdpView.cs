using System.Buffers.Binary;

namespace Culvert.Wire;

/// <summary>
/// A UDP datagram (RFC 768) in place. <see cref="TryParse"/> proves that the header is whole; from then on no accessor can fail. Bytes
/// behind the UDP length stay outside. A setter writes its field only: the checksum is the caller's to update.
/// </summary>
public readonly ref struct UdpView
{
    /// <summary>The bytes of the header.</summary>
    public const int HeaderLength = Field.Payload;

    /// <summary>Where the checksum field lies, from the header's first byte.</summary>
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
    /// <param name="view">The datagram, no longer than its length field says.</param>
    /// <returns>False when the header is cut or the length field is below 8.</returns>
    public static bool TryParse(Span<byte> datagram, out UdpView view)
    {
        view = default;
        if (datagram.Length < HeaderLength)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[Field.Length..]);
        if (length < HeaderLength)
        {
            return false;
        }

        var truncated = length > datagram.Length;
        view = new UdpView(truncated ? datagram : datagram[..length], truncated);
        return true;
    }

    /// <summary>Header and payload.</summary>
    public Span<byte> Datagram => _datagram;

    /// <summary>What follows the header.</summary>
    public Span<byte> Payload => _datagram[HeaderLength..];

    /// <summary>True when the length field says more than there is: cut on the way, or wrong.</summary>
    public bool IsTruncated { get; }

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

    /// <summary>Bytes of header and payload, as the header says. Setting it does not change what this view covers.</summary>
    public ushort Length
    {
        get => Read(Field.Length);
        set => Write(Field.Length, value);
    }

    /// <summary>The checksum field; 0 says that none was computed, which only IPv4 allows.</summary>
    public ushort Checksum
    {
        get => Read(Field.Checksum);
        set => Write(Field.Checksum, value);
    }

    /// <summary>True when the checksum is right; of a field that holds 0 it says nothing, look at it first.</summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum(int)"/> with <see cref="Length"/>.</param>
    public bool IsChecksumValid(uint pseudoHeader) => InternetChecksum.IsValid(_datagram, pseudoHeader);

    /// <summary>The value that the checksum should have, by the zero rule never 0.</summary>
    /// <param name="pseudoHeader">From <see cref="IpView.PseudoHeaderSum(int)"/> with <see cref="Length"/>.</param>
    public ushort ComputeChecksum(uint pseudoHeader) =>
        InternetChecksum.ToUdp(InternetChecksum.ComputeWithout(_datagram, Field.Checksum, pseudoHeader));

    private ushort Read(int field) => BinaryPrimitives.ReadUInt16BigEndian(_datagram[field..]);

    private void Write(int field, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(_datagram[field..], value);
}
