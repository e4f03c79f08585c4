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
