using System.Globalization;
using System.Runtime.InteropServices;

namespace Culvert.Wire.Text;

/// <summary>
/// A packet taken apart into named values, complete: two packets whose values, payload and padding are equal are equal byte for byte.
/// What has no readable header counts as payload.
/// </summary>
internal sealed class PacketFields
{
    // The most that a packet without options or extension headers has.
    private readonly List<PacketValue> _fields = new(20);

    private PacketFields()
    {
    }

    /// <summary>4, 6, or 0 for what is no IP packet.</summary>
    public int Version { get; private set; }

    /// <summary>The values in the order of the packet's headers; good as long as none is added.</summary>
    public ReadOnlySpan<PacketValue> Fields => CollectionsMarshal.AsSpan(_fields);

    /// <summary>The place of what no header claims.</summary>
    public Range Payload { get; private set; }

    /// <summary>The place of the bytes behind the packet's end as its header gives it.</summary>
    public Range Padding { get; private set; }

    /// <summary>Finds a value.</summary>
    /// <param name="name">Its display name.</param>
    public PacketValue? Find(string name)
    {
        var found = PlaceOf(name, 0);
        return found < 0 ? null : _fields[found];
    }

    /// <summary>The place of a value; −1 where there is none.</summary>
    /// <param name="name">Its display name.</param>
    /// <param name="place">Where it is looked for first.</param>
    public int PlaceOf(string name, int place)
    {
        var fields = Fields;
        if (place < fields.Length && fields[place].Name == name)
        {
            return place;
        }

        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    public static PacketFields Read(Span<byte> packet)
    {
        var fields = new PacketFields();
        if (!IpView.TryParse(packet, out var ip))
        {
            fields.Payload = Range.All;
            return fields;
        }

        fields.Version = ip.Version;
        fields.Padding = ip.Packet.Length..;
        if (Ipv4View.TryParse(packet, out var v4))
        {
            fields.ReadIpv4(v4);
        }
        else if (Ipv6View.TryParse(packet, out var v6))
        {
            fields.ReadIpv6(v6);
        }

        var payload = fields.ReadTransport(ip);
        var start = ((ReadOnlySpan<byte>)packet).Overlaps(payload, out var offset) ? offset : 0;
        fields.Payload = start..(start + payload.Length);
        return fields;
    }

    private void ReadIpv4(Ipv4View ip)
    {
        Hex(HeaderFields.TrafficClass, "traffic class", ip.TrafficClass, 2);
        Number(HeaderFields.IpLength, "total length", ip.TotalLength);
        Number(HeaderFields.Fragmentation, "identification", ip.Identification);
        _fields.Add(PacketValue.OfFragmentFlags(ip));
        Number(HeaderFields.Fragmentation, "fragment offset", ip.FragmentOffset);
        Number(HeaderFields.HopLimit, "TTL", ip.TimeToLive);
        Number(HeaderFields.IpOptions, "protocol", (int)ip.Protocol);
        Hex(HeaderFields.Ipv4Checksum, "IPv4 checksum", ip.HeaderChecksum, 4);
        Address(HeaderFields.SourceAddress, "source", ip.Source);
        Address(HeaderFields.DestinationAddress, "destination", ip.Destination);
        if (!ip.Options.IsEmpty)
        {
            Text(HeaderFields.IpOptions, "IP options", Convert.ToHexStringLower(ip.Options));
        }
    }

    private void ReadIpv6(Ipv6View ip)
    {
        Hex(HeaderFields.TrafficClass, "traffic class", ip.TrafficClass, 2);
        Hex(HeaderFields.FlowLabel, "flow label", ip.FlowLabel, 5);
        Number(HeaderFields.IpLength, "payload length", ip.PayloadLength);
        Number(HeaderFields.IpOptions, "next header", (int)ip.NextHeader);
        Number(HeaderFields.HopLimit, "hop limit", ip.HopLimit);
        Address(HeaderFields.SourceAddress, "source", ip.Source);
        Address(HeaderFields.DestinationAddress, "destination", ip.Destination);
        var chain = Ipv6Chain.Walk(ip);
        var extensions = ip.Packet[Ipv6View.HeaderLength..chain.Offset].ToArray();
        if (chain.FragmentHeaderOffset != 0)
        {
            const int FragmentHeader = 8;
            var header = extensions.AsSpan(chain.FragmentHeaderOffset - Ipv6View.HeaderLength, FragmentHeader);
            Text(HeaderFields.Fragmentation, "fragment header", Convert.ToHexStringLower(header[1..]));
            header[1..].Clear();
        }

        if (extensions.Length > 0)
        {
            Text(HeaderFields.IpOptions, "extension headers", Convert.ToHexStringLower(extensions));
        }
    }

    /// <summary>Reads the transport header, if there is one, and gives what follows it.</summary>
    private Span<byte> ReadTransport(IpView ip)
    {
        var transport = ip.Transport;
        if (!ip.HasTransportHeader)
        {
            return transport;
        }

        switch (ip.Protocol)
        {
            case IpProtocol.Tcp when TcpView.TryParse(transport, out var tcp):
                ReadTcp(tcp);
                return tcp.Payload;
            case IpProtocol.Udp when UdpView.TryParse(transport, out var udp):
                Number(HeaderFields.SourcePort, "source port", udp.SourcePort);
                Number(HeaderFields.DestinationPort, "destination port", udp.DestinationPort);
                Number(HeaderFields.UdpLength, "UDP length", udp.Length);
                Hex(HeaderFields.TransportChecksum, "UDP checksum", udp.Checksum, 4);
                return transport[UdpView.HeaderLength..];
            case IpProtocol.Icmp when ip.IsIpv4 && IcmpView.TryParse(transport, out var icmp):
                ReadIcmp("ICMP", icmp.Type, icmp.Code, icmp.Checksum, ((uint)icmp.Identifier << 16) | icmp.Sequence);
                return icmp.Payload;
            case IpProtocol.Icmpv6 when !ip.IsIpv4 && Icmpv6View.TryParse(transport, out var icmp):
                ReadIcmp("ICMPv6", icmp.Type, icmp.Code, icmp.Checksum, icmp.Mtu);
                return transport[Icmpv6View.HeaderLength..];
            default:
                return transport;
        }
    }

    private void ReadTcp(TcpView tcp)
    {
        Number(HeaderFields.SourcePort, "source port", tcp.SourcePort);
        Number(HeaderFields.DestinationPort, "destination port", tcp.DestinationPort);
        Number(HeaderFields.TcpSequence, "sequence number", tcp.Sequence);
        Number(HeaderFields.TcpSequence, "acknowledgment number", tcp.Acknowledgment);
        Number(HeaderFields.TcpOptions, "data offset", tcp.DataOffset);
        _fields.Add(PacketValue.OfTcpFlags(tcp));
        Number(HeaderFields.TcpWindow, "window", tcp.Window);
        Number(HeaderFields.TcpUrgentPointer, "urgent pointer", tcp.UrgentPointer);
        ReadOptions(tcp.Options);
        Hex(HeaderFields.TransportChecksum, "TCP checksum", tcp.Checksum, 4);
    }

    private void ReadOptions(TcpOptions options)
    {
        var rest = options.Bytes.ToArray();
        var values = new List<string>();
        foreach (var option in options)
        {
            if (option.IsMss)
            {
                values.Add(option.Mss.ToString(CultureInfo.InvariantCulture));
                rest.AsSpan(option.Offset - TcpView.MinimumHeaderLength + TcpOption.MssValue, sizeof(ushort)).Clear();
            }
        }

        if (values.Count > 0)
        {
            Text(HeaderFields.TcpMss, "MSS", string.Join(", ", values));
        }

        if (rest.Length > 0)
        {
            // Compared without the MSS values, which are a field of their own, and by bytes: the text hides zeros behind the list.
            _fields.Add(PacketValue.OfText(HeaderFields.TcpOptions, "TCP options", TcpText.Options(options), Convert.ToHexStringLower(rest)));
        }
    }

    private void ReadIcmp(string name, byte type, byte code, ushort checksum, uint rest)
    {
        Number(HeaderFields.Icmp, name + " type", type);
        Number(HeaderFields.Icmp, name + " code", code);
        Hex(HeaderFields.TransportChecksum, name + " checksum", checksum, 4);
        Hex(HeaderFields.Icmp, name + " rest of header", rest, 8);
    }

    private void Number(HeaderFields field, string name, long value) => _fields.Add(PacketValue.OfNumber(field, name, (ulong)value));

    private void Hex(HeaderFields field, string name, uint value, int digits) => _fields.Add(PacketValue.OfHex(field, name, value, digits));

    private void Address(HeaderFields field, string name, ReadOnlySpan<byte> address) => _fields.Add(PacketValue.OfAddress(field, name, address));

    private void Text(HeaderFields field, string name, string text) => _fields.Add(PacketValue.OfText(field, name, text));
}
