using System.Buffers.Binary;
using System.Net;
using Culvert.Testing.Building;
using Culvert.Wire;

namespace Culvert.Testing;

/// <summary>
/// Builds packets for tests, one line each, with lengths and checksums right unless the test asks for wrong ones:
/// <code>
/// PacketBuilder.Ipv4("10.0.0.1", "10.0.0.2").Tcp(40000, 443, TcpFlags.Syn).Mss(1460).Nop().WindowScale(7).Build()
/// </code>
/// Calls come in the order of the packet's headers. A wrong call (a TCP option on a UDP packet) throws. Not thread-safe.
/// </summary>
public sealed class PacketBuilder
{
    private const byte EchoRequest = 8;
    private const byte EchoRequestV6 = 128;

    private readonly FrameHeader _frame = new();
    private readonly IpHeaderPart _ip;
    private readonly ExtensionChain _extensions = new();
    private readonly TransportPart _transport = new();
    private byte[] _padding = [];

    private PacketBuilder(IPAddress source, IPAddress destination)
    {
        if (source.AddressFamily != destination.AddressFamily)
        {
            throw new ArgumentException("The addresses are of different families.", nameof(destination));
        }

        _ip = new IpHeaderPart(source.GetAddressBytes(), destination.GetAddressBytes());
    }

    /// <summary>Starts an IPv4 packet.</summary>
    public static PacketBuilder Ipv4(string source = "10.0.0.1", string destination = "10.0.0.2") =>
        new(IPAddress.Parse(source), IPAddress.Parse(destination));

    /// <summary>Starts an IPv6 packet.</summary>
    public static PacketBuilder Ipv6(string source = "2001:db8::1", string destination = "2001:db8::2") =>
        new(IPAddress.Parse(source), IPAddress.Parse(destination));

    /// <summary>Starts a packet of whichever family the addresses have.</summary>
    public static PacketBuilder Ip(IPAddress source, IPAddress destination) => new(source, destination);

    /// <summary>Puts the packet into an Ethernet frame.</summary>
    /// <param name="vlans">VLAN numbers, the outer one first; with two, the outer one is a service tag (QinQ).</param>
    public PacketBuilder Ethernet(params ushort[] vlans) => With(() => _frame.Set(vlans));

    /// <summary>Sets DSCP and ECN.</summary>
    public PacketBuilder TrafficClass(byte value) => With(() => _ip.TrafficClass = value);

    /// <summary>Sets the IPv4 Time to Live or the IPv6 Hop Limit; 64 unless set.</summary>
    public PacketBuilder HopLimit(byte value) => With(() => _ip.HopLimit = value);

    /// <summary>Sets the IPv4 Identification.</summary>
    public PacketBuilder Identification(ushort value) => With(() => _ip.Identification = value);

    /// <summary>Sets the IPv4 DF flag.</summary>
    public PacketBuilder DontFragment() => With(() => _ip.DontFragment = true);

    /// <summary>Sets the IPv6 flow label.</summary>
    public PacketBuilder FlowLabel(uint value) => With(() => _ip.FlowLabel = value);

    /// <summary>
    /// Makes the packet a fragment: of IPv4 by its header, of IPv6 by a Fragment header behind the extension headers so far. The transport
    /// header that is built is the fragment's data, whatever the offset.
    /// </summary>
    /// <param name="offset">Bytes, a multiple of 8.</param>
    /// <param name="more">True for all but the last.</param>
    public PacketBuilder Fragment(int offset, bool more) =>
        _ip.IsIpv4 ? With(() => (_ip.FragmentOffset, _ip.MoreFragments) = (offset, more)) : FragmentHeader(offset, more);

    /// <summary>Sets the IPv4 options, padded with End Of List to a multiple of 4.</summary>
    public PacketBuilder IpOptions(params byte[] options) => With(() => _ip.Options = [.. options, .. new byte[-options.Length & 3]]);

    /// <summary>Writes a wrong IPv4 Total Length or IPv6 Payload Length.</summary>
    public PacketBuilder IpLength(int value) => With(() => _ip.Length = value);

    /// <summary>Writes this IPv4 header checksum, right or wrong.</summary>
    public PacketBuilder IpChecksum(ushort value) => With(() => _ip.Checksum = value);

    /// <summary>Adds a Hop-by-Hop Options header.</summary>
    /// <param name="options">Padded to the header's unit of 8 bytes.</param>
    public PacketBuilder HopByHop(params byte[] options) => Extension(IpProtocol.HopByHop, options);

    /// <summary>Adds a Destination Options header.</summary>
    /// <param name="options">Padded to the header's unit of 8 bytes.</param>
    public PacketBuilder DestinationOptions(params byte[] options) => Extension(IpProtocol.DestinationOptions, options);

    /// <summary>Adds a Routing header.</summary>
    /// <param name="type">0, 2 or 4 (segment routing), or an unknown type.</param>
    /// <param name="segmentsLeft">The number of addresses still to be visited.</param>
    /// <param name="addresses">The addresses, in the order in which they lie in the header.</param>
    public PacketBuilder Routing(byte type, byte segmentsLeft, params string[] addresses) =>
        Extend(() => _extensions.AddRouting(type, segmentsLeft, addresses));

    /// <summary>Adds an Authentication Header with an integrity value of 12 bytes.</summary>
    public PacketBuilder AuthenticationHeader() => Extend(_extensions.AddAuthentication);

    /// <summary>Adds an IPv6 Fragment header.</summary>
    /// <param name="offset">Bytes, a multiple of 8.</param>
    /// <param name="more">The M flag.</param>
    /// <param name="identification">The datagram's.</param>
    public PacketBuilder FragmentHeader(int offset, bool more, uint identification = 1) =>
        Extend(() => _extensions.AddFragment(offset, more, identification));

    /// <summary>Adds an extension header with the length in units of 8 bytes, as RFC 6564 requires of every new one.</summary>
    /// <param name="kind">The header's own number.</param>
    /// <param name="body">What follows Next Header and length; padded with zeros to a multiple of 8 bytes.</param>
    public PacketBuilder Extension(IpProtocol kind, params byte[] body) => Extend(() => _extensions.Add(kind, body));

    /// <summary>Makes the packet a TCP segment with sequence number 1, acknowledgment number 0 and window 65535.</summary>
    public PacketBuilder Tcp(ushort sourcePort = 40000, ushort destinationPort = 443, TcpFlags flags = TcpFlags.Ack)
    {
        var header = new byte[TcpView.MinimumHeaderLength];
        TcpView.Write(header, sourcePort, destinationPort, sequence: 1, acknowledgment: 0, flags, ushort.MaxValue, pseudoHeader: 0);
        return With(() => _transport.Set(IpProtocol.Tcp, header));
    }

    /// <summary>Sets the sequence and acknowledgment numbers.</summary>
    public PacketBuilder Sequence(uint sequence, uint acknowledgment = 0)
    {
        var tcp = _transport.ParseTcp();
        tcp.Sequence = sequence;
        tcp.Acknowledgment = acknowledgment;
        return this;
    }

    /// <summary>Sets the window and the urgent pointer.</summary>
    public PacketBuilder Window(ushort window, ushort urgentPointer = 0)
    {
        var tcp = _transport.ParseTcp();
        tcp.Window = window;
        tcp.UrgentPointer = urgentPointer;
        return this;
    }

    /// <summary>Adds a Maximum Segment Size option.</summary>
    public PacketBuilder Mss(ushort value) => Option(TcpOptionKind.MaximumSegmentSize, (byte)(value >> 8), (byte)value);

    /// <summary>Adds a Window Scale option.</summary>
    public PacketBuilder WindowScale(byte shift) => Option(TcpOptionKind.WindowScale, shift);

    /// <summary>Adds a SACK-permitted option.</summary>
    public PacketBuilder SackPermitted() => Option(TcpOptionKind.SackPermitted);

    /// <summary>Adds a Timestamps option.</summary>
    public PacketBuilder Timestamps(uint value, uint echo)
    {
        var bytes = new byte[2 * sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(sizeof(uint)), echo);
        return Option(TcpOptionKind.Timestamps, bytes);
    }

    /// <summary>Adds a No Operation option.</summary>
    public PacketBuilder Nop() => TcpOptionBytes((byte)TcpOptionKind.NoOperation);

    /// <summary>Adds an End Of List option; what is added behind it is padding to a receiver.</summary>
    public PacketBuilder EndOfOptions() => TcpOptionBytes((byte)TcpOptionKind.EndOfList);

    /// <summary>Adds an option with its right length byte.</summary>
    public PacketBuilder Option(TcpOptionKind kind, params byte[] value) =>
        TcpOptionBytes([(byte)kind, checked((byte)(value.Length + 2)), .. value]);

    /// <summary>Adds bytes to the options as they are, for malformed ones.</summary>
    public PacketBuilder TcpOptionBytes(params byte[] bytes) => With(() => _transport.AddOptionBytes(bytes));

    /// <summary>Writes a wrong data offset, in words of 4 bytes.</summary>
    public PacketBuilder DataOffset(int words) => With(() => _transport.DataOffset = words);

    /// <summary>Makes the packet a UDP datagram.</summary>
    public PacketBuilder Udp(ushort sourcePort = 40000, ushort destinationPort = 53)
    {
        var header = new byte[UdpView.HeaderLength];
        UdpView.Write(header, sourcePort, destinationPort, pseudoHeader: 0);
        return With(() => _transport.Set(IpProtocol.Udp, header));
    }

    /// <summary>Writes a wrong UDP length.</summary>
    public PacketBuilder UdpLength(int value) => With(() => _transport.UdpLength = value);

    /// <summary>Makes the packet an ICMP message, or an ICMPv6 message in an IPv6 packet, with the given first word of its body.</summary>
    public PacketBuilder Icmp(byte type, byte code = 0, uint rest = 0)
    {
        var header = new byte[IcmpView.HeaderLength];
        IcmpView.Write(header, type, code, rest);
        return With(() => _transport.Set(_ip.IsIpv4 ? IpProtocol.Icmp : IpProtocol.Icmpv6, header));
    }

    /// <summary>Makes the packet an echo request.</summary>
    public PacketBuilder Ping(ushort identifier, ushort sequence) =>
        Icmp(_ip.IsIpv4 ? EchoRequest : EchoRequestV6, 0, ((uint)identifier << 16) | sequence);

    /// <summary>Names the protocol of a packet without a transport header of this builder's; give the rest as its payload.</summary>
    public PacketBuilder Protocol(IpProtocol protocol) => With(() => _transport.Set(protocol, []));

    /// <summary>Writes this transport checksum, right or wrong; 0 for UDP without one.</summary>
    public PacketBuilder Checksum(ushort value) => With(() => _transport.Checksum = value);

    /// <summary>Makes the transport checksum wrong by this much, in one's complement.</summary>
    public PacketBuilder ChecksumError(ushort by) => With(() => _transport.ChecksumError = by);

    /// <summary>Sets the payload behind the transport header.</summary>
    public PacketBuilder Payload(params byte[] payload) => With(() => _transport.Payload = payload);

    /// <summary>Sets a payload of bytes that count up from 0.</summary>
    public PacketBuilder Payload(int length) => Payload([.. Enumerable.Range(0, length).Select(i => (byte)i)]);

    /// <summary>Puts bytes behind the packet's end, as a link with a minimum frame size does.</summary>
    public PacketBuilder Padding(params byte[] padding) => With(() => _padding = padding);

    /// <summary>Returns the packet.</summary>
    public byte[] Build()
    {
        var transport = _transport.Build();
        var packet = _ip.Build([.. _extensions.Build(_transport.Protocol), .. transport], _extensions.First(_transport.Protocol));
        _transport.FillChecksum(packet, transport.Length, _ip.Source, _ip.Destination);
        _ip.Finish(packet);
        return [.. _frame.Build(_ip.IsIpv4), .. packet, .. _padding];
    }

    private PacketBuilder Extend(Action add)
    {
        if (_ip.IsIpv4)
        {
            throw new InvalidOperationException("IPv4 has no extension headers.");
        }

        return With(add);
    }

    private PacketBuilder With(Action change)
    {
        change();
        return this;
    }
}
