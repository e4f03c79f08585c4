using Culvert.Wire;

namespace Culvert.Plugins.Nat.Masquerading;

/// <summary>The protocols whose ports are translated, each with 65,536 of its own.</summary>
internal enum PortSpace : byte
{
    /// <summary>The ports of TCP.</summary>
    Tcp,

    /// <summary>The ports of UDP.</summary>
    Udp,

    /// <summary>The identifiers of ICMP or ICMPv6 echoes (RFC 5508 §3).</summary>
    Echo,
}

/// <summary>Finds a packet's port space.</summary>
internal static class PortSpaces
{
    private const byte EchoRequest = 8;
    private const byte EchoRequestV6 = 128;

    /// <summary>Reads the sender's port of a packet that may start or continue a mapping: a request, of echoes.</summary>
    public static bool TryReadSource(in IpView ip, out PortSpace space, out ushort port)
    {
        port = ip.HasEchoIdentifier ? ip.EchoIdentifier : ip.SourcePort;
        return TryFind(ip.Protocol, ip.HasPorts, ip.HasEchoIdentifier && IsRequest(ip), out space);
    }

    /// <summary>Reads the receiver's port of a packet that may belong to a mapping: a reply, of echoes.</summary>
    public static bool TryReadDestination(in IpView ip, out PortSpace space, out ushort port)
    {
        port = ip.HasEchoIdentifier ? ip.EchoIdentifier : ip.DestinationPort;
        return TryFind(ip.Protocol, ip.HasPorts, ip.HasEchoIdentifier && !IsRequest(ip), out space);
    }

    /// <summary>Finds the space of a quoted packet.</summary>
    public static bool TryRead(in IcmpQuote quote, out PortSpace space) =>
        TryFind(quote.Protocol, quote.HasPorts, quote.HasEchoIdentifier, out space);

    /// <summary>Whether packets of a protocol are translated; a later fragment shows no more.</summary>
    public static bool Has(IpProtocol protocol) => protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmp or IpProtocol.Icmpv6;

    private static bool TryFind(IpProtocol protocol, bool hasPorts, bool isEcho, out PortSpace space)
    {
        space = isEcho ? PortSpace.Echo : protocol == IpProtocol.Tcp ? PortSpace.Tcp : PortSpace.Udp;
        return isEcho || (hasPorts && protocol is IpProtocol.Tcp or IpProtocol.Udp);
    }

    private static bool IsRequest(in IpView ip) => ip.Transport[0] == (ip.IsIpv4 ? EchoRequest : EchoRequestV6);
}
