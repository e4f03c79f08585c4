namespace Culvert.Filtering;

/// <summary>The 32-bit words of a <see cref="PacketKey"/>.</summary>
internal enum Field : byte
{
    /// <summary>The first of four words of the source address; the only one of an IPv4 address.</summary>
    Source = 0,

    /// <summary>The first of four words of the destination address; the only one of an IPv4 address.</summary>
    Destination = 4,

    /// <summary>The source port, or <see cref="PacketKey.NoPort"/>.</summary>
    SourcePort = 8,

    /// <summary>The destination port, or <see cref="PacketKey.NoPort"/>.</summary>
    DestinationPort,

    /// <summary>Family, direction, protocol and traffic class: see <see cref="Filtering.Facts"/>.</summary>
    Facts,

    /// <summary>TCP flags or ICMP type: see <see cref="Filtering.Detail"/>.</summary>
    Detail,

    /// <summary>The packet's length in bytes.</summary>
    Length,

    /// <summary>The number of words.</summary>
    Count,
}

/// <summary>The bits of <see cref="Field.Detail"/>. A bit for the kind says that the value is present.</summary>
internal static class Detail
{
    public const uint TcpFlags = 0xFF;
    public const int IcmpTypeShift = 8;
    public const uint IcmpType = 0xFF << IcmpTypeShift;

    public const uint HasTcpFlags = 1 << 29;
    public const uint HasIcmpType = 1 << 30;
    public const uint HasIcmpv6Type = 1u << 31;
}
