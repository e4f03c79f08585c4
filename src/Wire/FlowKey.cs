namespace Culvert.Wire;

/// <summary>
/// The protocol, addresses and ports of a packet as a value: the key of a table of connections, and the way to rewrite all of them at once.
/// A translator of addresses and ports reads a key, looks up what it becomes, and writes that:
/// <code>
/// if (_mappings.TryGetValue(FlowKey.Read(ip), out var mapped))
/// {
///     mapped.Write(ip);
/// }
/// </code>
/// An ICMP echo has its identifier as both ports (RFC 5508 §3), so request and reply match like those of UDP. Ports are 0 where a packet has
/// none, and in fragments other than the first.
/// </summary>
/// <param name="Protocol">The upper layer's protocol.</param>
/// <param name="Source">The sender's address.</param>
/// <param name="Destination">The destination address of the IP header.</param>
/// <param name="SourcePort">The sender's port, or an echo's identifier.</param>
/// <param name="DestinationPort">The receiver's port, or an echo's identifier.</param>
public readonly record struct FlowKey(
    IpProtocol Protocol, IpAddressValue Source, IpAddressValue Destination, ushort SourcePort, ushort DestinationPort)
{
    /// <summary>The key of packets in the other direction.</summary>
    public FlowKey Reversed => new(Protocol, Destination, Source, DestinationPort, SourcePort);

    private bool IsIcmp => Protocol is IpProtocol.Icmp or IpProtocol.Icmpv6;

    /// <summary>Reads the key of a packet.</summary>
    /// <param name="ip">The packet.</param>
    public static FlowKey Read(in IpView ip) => ip.HasEchoIdentifier
        ? new(ip.Protocol, ip.SourceAddress, ip.DestinationAddress, ip.EchoIdentifier, ip.EchoIdentifier)
        : new(ip.Protocol, ip.SourceAddress, ip.DestinationAddress, ip.SourcePort, ip.DestinationPort);

    /// <summary>Reads the key of the packet that an ICMP error quotes. It went the other way.</summary>
    /// <param name="quote">The quoted packet.</param>
    public static FlowKey Read(in IcmpQuote quote) => quote.HasEchoIdentifier
        ? new(quote.Protocol, quote.SourceAddress, quote.DestinationAddress, quote.EchoIdentifier, quote.EchoIdentifier)
        : new(quote.Protocol, quote.SourceAddress, quote.DestinationAddress, quote.SourcePort, quote.DestinationPort);

    /// <summary>Returns the key with another sender. The identifier of an echo becomes <paramref name="port"/>.</summary>
    /// <param name="address">The address, of the same family.</param>
    /// <param name="port">The port.</param>
    public FlowKey WithSource(IpAddressValue address, ushort port) =>
        this with { Source = address, SourcePort = port, DestinationPort = IsIcmp ? port : DestinationPort };

    /// <summary>Returns the key with another receiver. The identifier of an echo becomes <paramref name="port"/>.</summary>
    /// <param name="address">The address, of the same family.</param>
    /// <param name="port">The port.</param>
    public FlowKey WithDestination(IpAddressValue address, ushort port) =>
        this with { Destination = address, DestinationPort = port, SourcePort = IsIcmp ? port : SourcePort };

    /// <summary>Writes addresses and ports, or the identifier, into a packet, with every checksum.</summary>
    /// <param name="ip">A packet of the same family; what it does not have is not written.</param>
    /// <exception cref="ArgumentException">The packet is of the other family.</exception>
    public void Write(IpView ip)
    {
        ip.SetSource(Source);
        ip.SetDestination(Destination);
        ip.SourcePort = SourcePort;
        ip.DestinationPort = DestinationPort;
        ip.EchoIdentifier = SourcePort;
    }

    /// <summary>Writes addresses and ports, or the identifier, into a quoted packet, with every checksum.</summary>
    /// <param name="quote">A quoted packet of the same family; what it does not have is not written.</param>
    /// <exception cref="ArgumentException">The packet is of the other family.</exception>
    public void Write(IcmpQuote quote)
    {
        quote.SetSource(Source);
        quote.SetDestination(Destination);
        quote.SourcePort = SourcePort;
        quote.DestinationPort = DestinationPort;
        quote.EchoIdentifier = SourcePort;
    }

    /// <summary>Returns a hash that senders cannot predict: they choose most of a key.</summary>
    public override int GetHashCode() => HashCode.Combine(Protocol, Source, Destination, (SourcePort << 16) | DestinationPort);
}
