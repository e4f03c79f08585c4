namespace Culvert.Wire;

/// <summary>
/// The IPv4 Protocol and IPv6 Next Header values that Culvert knows by name. Any other value of a byte may occur. Source: IANA, Assigned
/// Internet Protocol Numbers.
/// </summary>
public enum IpProtocol : byte
{
    /// <summary>IPv6 Hop-by-Hop Options, RFC 8200 §4.3.</summary>
    HopByHop = 0,

    /// <summary>ICMP for IPv4, RFC 792.</summary>
    Icmp = 1,

    /// <summary>IGMP, RFC 3376.</summary>
    Igmp = 2,

    /// <summary>IPv4 in IP, RFC 2003.</summary>
    Ipv4 = 4,

    /// <summary>TCP, RFC 9293.</summary>
    Tcp = 6,

    /// <summary>UDP, RFC 768.</summary>
    Udp = 17,

    /// <summary>DCCP, RFC 4340.</summary>
    Dccp = 33,

    /// <summary>IPv6 in IP, RFC 2473.</summary>
    Ipv6 = 41,

    /// <summary>IPv6 Routing header, RFC 8200 §4.4.</summary>
    Routing = 43,

    /// <summary>IPv6 Fragment header, RFC 8200 §4.5.</summary>
    Fragment = 44,

    /// <summary>GRE, RFC 2784.</summary>
    Gre = 47,

    /// <summary>Encapsulating Security Payload, RFC 4303: everything after it is encrypted.</summary>
    Esp = 50,

    /// <summary>Authentication Header, RFC 4302.</summary>
    AuthenticationHeader = 51,

    /// <summary>ICMPv6, RFC 4443.</summary>
    Icmpv6 = 58,

    /// <summary>IPv6 No Next Header, RFC 8200 §4.7: whatever follows is ignored.</summary>
    NoNextHeader = 59,

    /// <summary>IPv6 Destination Options, RFC 8200 §4.6.</summary>
    DestinationOptions = 60,

    /// <summary>SCTP, RFC 9260.</summary>
    Sctp = 132,

    /// <summary>Mobility Header, RFC 6275 §6.1.</summary>
    Mobility = 135,

    /// <summary>UDP-Lite, RFC 3828.</summary>
    UdpLite = 136,
}
