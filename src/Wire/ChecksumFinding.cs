namespace Culvert.Wire;

/// <summary>A checksum of a packet.</summary>
public enum ChecksumKind
{
    /// <summary>The IPv4 header's, RFC 791.</summary>
    Ipv4Header,

    /// <summary>TCP's, RFC 9293.</summary>
    Tcp,

    /// <summary>UDP's, RFC 768 and RFC 8200 §8.1.</summary>
    Udp,

    /// <summary>ICMP's, RFC 792.</summary>
    Icmp,

    /// <summary>ICMPv6's, RFC 4443 §2.3.</summary>
    Icmpv6,

    /// <summary>None that Culvert knows: another protocol, or not an IP packet.</summary>
    Other,
}

/// <summary>The state of a checksum.</summary>
public enum ChecksumVerdict
{
    /// <summary>It is right.</summary>
    Valid,

    /// <summary>It is wrong.</summary>
    Bad,

    /// <summary>The packet has none: a UDP checksum of 0 over IPv4.</summary>
    NoneCarried,

    /// <summary>The packet alone does not show it, for the reason in <see cref="ChecksumFinding.Obstacle"/>.</summary>
    CannotBeJudged,
}

/// <summary>Why a checksum cannot be judged.</summary>
public enum ChecksumObstacle
{
    /// <summary>No obstacle.</summary>
    None,

    /// <summary>The packet is a fragment; the checksum covers the whole datagram.</summary>
    Fragment,

    /// <summary>Bytes that the checksum covers are missing.</summary>
    Truncated,

    /// <summary>A header is malformed, or the packet has no IP header.</summary>
    Malformed,

    /// <summary>The protocol's checksum or the type of the route is not known.</summary>
    Unknown,
}

/// <summary>The result of judging one checksum of a packet.</summary>
/// <param name="Kind">The checksum.</param>
/// <param name="Verdict">Its state.</param>
public readonly record struct ChecksumFinding(ChecksumKind Kind, ChecksumVerdict Verdict)
{
    /// <summary>Why it cannot be judged, with that verdict.</summary>
    public ChecksumObstacle Obstacle { get; init; }

    /// <summary>The value in the field, when it is bad.</summary>
    public ushort Found { get; init; }

    /// <summary>The value that would be right, when it is bad.</summary>
    public ushort Wanted { get; init; }

    /// <summary>The field's offset from the packet's first byte, when it is bad.</summary>
    public int Offset { get; init; }
}
