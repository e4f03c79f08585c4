namespace Culvert.Wire;

/// <summary>Which checksum of a packet is meant.</summary>
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

    /// <summary>None that Culvert knows: another protocol, or no IP packet.</summary>
    Other,
}

/// <summary>What was found of a checksum.</summary>
public enum ChecksumVerdict
{
    /// <summary>It is right.</summary>
    Valid,

    /// <summary>It is wrong.</summary>
    Bad,

    /// <summary>There is none: a UDP checksum of 0 over IPv4.</summary>
    NoneCarried,

    /// <summary>Nobody can tell from this packet alone: <see cref="ChecksumFinding.Obstacle"/> says why.</summary>
    CannotBeJudged,
}

/// <summary>Why a checksum cannot be judged.</summary>
public enum ChecksumObstacle
{
    /// <summary>Nothing stands in the way.</summary>
    None,

    /// <summary>The packet is a fragment; the checksum covers the whole datagram.</summary>
    Fragment,

    /// <summary>Bytes that the checksum covers are missing.</summary>
    Truncated,

    /// <summary>A header is broken, or no IP header is there.</summary>
    Malformed,

    /// <summary>A protocol whose checksum Culvert does not know, or a route whose end it cannot read.</summary>
    Unknown,
}

/// <summary>What one look at one checksum of a packet gave.</summary>
/// <param name="Kind">Which checksum.</param>
/// <param name="Verdict">What was found.</param>
public readonly record struct ChecksumFinding(ChecksumKind Kind, ChecksumVerdict Verdict)
{
    /// <summary>Why it cannot be judged, when that is the verdict.</summary>
    public ChecksumObstacle Obstacle { get; init; }

    /// <summary>When bad: the value in the field.</summary>
    public ushort Found { get; init; }

    /// <summary>When bad: the value that would be right.</summary>
    public ushort Wanted { get; init; }

    /// <summary>When bad: where the field lies, in bytes from the packet's first byte.</summary>
    public int Offset { get; init; }
}
