using System.Buffers.Binary;
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
    public static bool TryReadSource(in IpView ip, out PortSpace space, out ushort port) => TryRead(ip, isSource: true, out space, out port);

    /// <summary>Reads the receiver's port of a packet that may belong to a mapping: a reply, of echoes.</summary>
    public static bool TryReadDestination(in IpView ip, out PortSpace space, out ushort port) => TryRead(ip, isSource: false, out space, out port);

    /// <summary>Finds the space of a quoted packet.</summary>
    public static bool TryRead(in IcmpQuote quote, out PortSpace space) =>
        TryFind(quote.Protocol, quote.HasPorts, quote.HasEchoIdentifier, out space);

    /// <summary>Whether packets of a protocol are translated; a later fragment shows no more.</summary>
    public static bool Has(IpProtocol protocol) => protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmp or IpProtocol.Icmpv6;

    private static bool TryRead(in IpView ip, bool isSource, out PortSpace space, out ushort port)
    {
        if (ip.Protocol is IpProtocol.Tcp or IpProtocol.Udp && ip.HasPorts)
        {
            space = ip.Protocol == IpProtocol.Tcp ? PortSpace.Tcp : PortSpace.Udp;
            port = BinaryPrimitives.ReadUInt16BigEndian(ip.Transport[(isSource ? 0 : sizeof(ushort))..]);
            return true;
        }

        (space, port) = (PortSpace.Echo, ip.EchoIdentifier);
        return ip.HasEchoIdentifier && IsRequest(ip) == isSource;
    }

    private static bool TryFind(IpProtocol protocol, bool hasPorts, bool isEcho, out PortSpace space)
    {
        space = isEcho ? PortSpace.Echo : protocol == IpProtocol.Tcp ? PortSpace.Tcp : PortSpace.Udp;
        return isEcho || (hasPorts && protocol is IpProtocol.Tcp or IpProtocol.Udp);
    }

    private static bool IsRequest(in IpView ip) => ip.Transport[0] == (ip.IsIpv4 ? EchoRequest : EchoRequestV6);
}
