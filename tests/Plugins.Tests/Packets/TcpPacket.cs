namespace Plugins.Tests.Packets;

/// <summary>
/// A TCP packet told by its parts, of which any may be wrong on purpose. What is not said is right: lengths, offsets and checksums are
/// worked out by <see cref="SlowChecksum"/>.
/// </summary>
internal sealed record TcpPacket
{
    private const byte TcpProtocol = 6;

    public bool IsIpv6 { get; init; }

    /// <summary>IPv4 options, a multiple of 4 bytes, or IPv6 extension headers.</summary>
    public byte[] IpOptions { get; init; } = [];

    /// <summary>The Next Header of the IPv6 header; TCP when there are no extension headers.</summary>
    public byte FirstHeader { get; init; } = TcpProtocol;

    /// <summary>The IPv4 word that holds flags and fragment offset; 0x4000 is Don't Fragment.</summary>
    public ushort Fragment { get; init; } = 0x4000;

    public byte Flags { get; init; } = TcpBytes.Syn;

    /// <summary>TCP options; padded with zeros to a multiple of 4.</summary>
    public byte[] Options { get; init; } = [];

    public byte[] Payload { get; init; } = [];

    /// <summary>Behind the packet, not counted by its length fields.</summary>
    public byte[] Padding { get; init; } = [];

    /// <summary>The TCP data offset in words, where it shall not be what the options make it.</summary>
    public int? DataOffset { get; init; }

    /// <summary>Added to the IP header's length field.</summary>
    public int LengthError { get; init; }

    /// <summary>The TCP checksum field, where it shall not be right.</summary>
    public ushort? Checksum { get; init; }

    /// <summary>Free to choose, to bring the checksum to a wanted value.</summary>
    public ushort Window { get; init; } = 0xFAF0;

    /// <summary>What the right TCP checksum is.</summary>
    public ushort RightChecksum
    {
        get
        {
            var bytes = (this with { Checksum = null }).ToBytes();
            var offset = (IsIpv6 ? 40 : 20) + IpOptions.Length + 16;
            return (ushort)((bytes[offset] << 8) | bytes[offset + 1]);
        }
    }

    public byte[] Source { get; init; } = [];

    public byte[] Destination { get; init; } = [];

    /// <summary>The packet's bytes.</summary>
    public byte[] ToBytes()
    {
        var (source, destination) = Addresses();
        var options = Options.Concat(new byte[(4 - (Options.Length % 4)) % 4]).ToArray();
        byte[] tcp =
        [
            0x9C, 0x40, 0x00, 0x50, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
            (byte)((DataOffset ?? (5 + (options.Length / 4))) << 4), Flags, (byte)(Window >> 8), (byte)Window, 0, 0, 0, 0, .. options, .. Payload,
        ];
        var sum = Checksum
            ?? SlowChecksum.Of(SlowChecksum.PseudoHeader(source, destination, TcpProtocol, tcp.Length), tcp, 16);
        (tcp[16], tcp[17]) = ((byte)(sum >> 8), (byte)sum);
        var header = IsIpv6 ? Ipv6Header(tcp.Length, source, destination) : Ipv4Header(tcp.Length, source, destination);
        return [.. header, .. IpOptions, .. tcp, .. Padding];
    }

    /// <summary>The same packet with the window that makes a checksum the right one; any window there is will be tried.</summary>
    public TcpPacket WithRightChecksum(ushort wanted) => Enumerable.Range(0, 65536)
        .Select(window => this with { Window = (ushort)window })
        .First(packet => packet.RightChecksum == wanted);

    private (byte[] Source, byte[] Destination) Addresses() =>
        (Source.Length > 0 ? Source : IsIpv6 ? [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] : [192, 0, 2, 1],
            Destination.Length > 0 ? Destination : IsIpv6 ? [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2] : [198, 51, 100, 2]);

    private byte[] Ipv4Header(int upper, byte[] source, byte[] destination)
    {
        var total = 20 + IpOptions.Length + upper + LengthError;
        byte[] header =
        [
            (byte)(0x45 + (IpOptions.Length / 4)), 0, (byte)(total >> 8), (byte)total, 0x12, 0x34, (byte)(Fragment >> 8), (byte)Fragment,
            64, TcpProtocol, 0, 0, .. source, .. destination,
        ];
        var sum = SlowChecksum.Of([], [.. header, .. IpOptions], 10);
        (header[10], header[11]) = ((byte)(sum >> 8), (byte)sum);
        return header;
    }

    private byte[] Ipv6Header(int upper, byte[] source, byte[] destination)
    {
        var length = IpOptions.Length + upper + LengthError;
        return [0x60, 0, 0, 0, (byte)(length >> 8), (byte)length, FirstHeader, 64, .. source, .. destination];
    }
}
