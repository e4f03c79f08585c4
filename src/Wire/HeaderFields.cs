namespace Culvert.Wire;

/// <summary>
/// The parts of an IP packet that a stage may change. A stage declares them in its <c>StageShape</c>; the inspection compares sampled
/// packets around each stage and names the stage that changed anything else. Terms as in RFC 791, 8200, 9293, 768, 792 and 4443.
/// </summary>
[Flags]
public enum HeaderFields : ulong
{
    /// <summary>Nothing: packets are forwarded unchanged, or dropped.</summary>
    None = 0,

    /// <summary>IPv4 DSCP and ECN, IPv6 Traffic Class.</summary>
    TrafficClass = 1UL << 0,

    /// <summary>IPv4 Time to Live, IPv6 Hop Limit.</summary>
    HopLimit = 1UL << 1,

    /// <summary>IPv4 Identification, Flags and Fragment Offset; the IPv6 Fragment header.</summary>
    Fragmentation = 1UL << 2,

    /// <summary>The IPv6 Flow Label.</summary>
    FlowLabel = 1UL << 3,

    /// <summary>IPv4 Total Length, IPv6 Payload Length, and with them the packet's length.</summary>
    IpLength = 1UL << 4,

    /// <summary>The IPv4 Header Checksum.</summary>
    Ipv4Checksum = 1UL << 5,

    /// <summary>The source address.</summary>
    SourceAddress = 1UL << 6,

    /// <summary>The destination address.</summary>
    DestinationAddress = 1UL << 7,

    /// <summary>IPv4 options, IPv6 extension headers, the Protocol and Next Header fields.</summary>
    IpOptions = 1UL << 8,

    /// <summary>The TCP or UDP source port.</summary>
    SourcePort = 1UL << 9,

    /// <summary>The TCP or UDP destination port.</summary>
    DestinationPort = 1UL << 10,

    /// <summary>The TCP sequence and acknowledgment numbers.</summary>
    TcpSequence = 1UL << 11,

    /// <summary>The TCP control bits.</summary>
    TcpFlags = 1UL << 12,

    /// <summary>The TCP window.</summary>
    TcpWindow = 1UL << 13,

    /// <summary>The value of the TCP Maximum Segment Size option.</summary>
    TcpMss = 1UL << 14,

    /// <summary>Any other part of the TCP options, and the Data Offset.</summary>
    TcpOptions = 1UL << 15,

    /// <summary>The TCP Urgent Pointer.</summary>
    TcpUrgentPointer = 1UL << 16,

    /// <summary>The TCP, UDP, ICMP or ICMPv6 checksum.</summary>
    TransportChecksum = 1UL << 17,

    /// <summary>The UDP Length.</summary>
    UdpLength = 1UL << 18,

    /// <summary>The ICMP or ICMPv6 header without its checksum.</summary>
    Icmp = 1UL << 19,

    /// <summary>The bytes after the transport header, or after the IP header when the protocol is not known.</summary>
    Payload = 1UL << 20,

    /// <summary>Anything; no change of such a stage is reported as undeclared.</summary>
    All = ulong.MaxValue,
}
