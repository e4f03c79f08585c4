using System.Runtime.InteropServices;
using Culvert.Wire;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// What the coalescer keeps of a TCP or UDP packet: which flow it belongs to, whether it may stand in a super-packet, and what another
/// must have to go on where it ends. Read once; the bytes are passed in again where they are needed. The rules are those of the kernel's
/// own receive offload, which undoes its segmentation: whatever one super-packet could not give back is a reason not to join.
/// </summary>
internal readonly struct FlowPacket
{
    private const int Ports = 2 * sizeof(ushort);

    // RFC 9293 §3.1: header length, three reserved bits and AE share a byte.
    private const int TcpReservedOffset = 12;

    private readonly ulong _ipFields;
    private readonly uint _sequence;
    private readonly uint _acknowledgment;
    private readonly ushort _window;
    private readonly ushort _identification;
    private readonly bool _dontFragment;

    /// <summary>A packet that may join: its IP headers are plain, and end where the transport header starts.</summary>
    private FlowPacket(Ipv4View ipv4)
    {
        IsIpv4 = true;
        TransportOffset = Ipv4View.MinimumHeaderLength;
        _identification = ipv4.Identification;
        _dontFragment = ipv4.DontFragment;
        _ipFields = ipv4.TrafficClass | ((ulong)ipv4.TimeToLive << 8)
            | (_dontFragment ? 1UL << 16 : 0) | (ipv4.ReservedFlag ? 1UL << 17 : 0);
    }

    private FlowPacket(Ipv6View ipv6)
    {
        TransportOffset = Ipv6View.HeaderLength;
        _ipFields = ipv6.TrafficClass | ((ulong)ipv6.HopLimit << 8) | ((ulong)ipv6.FlowLabel << 16);
    }

    /// <summary>A packet of a flow that never joins: only its place in the flow counts.</summary>
    private FlowPacket(in IpView ip)
    {
        IsIpv4 = ip.IsIpv4;
        TransportOffset = ip.TransportOffset;
    }

    private FlowPacket(in FlowPacket ip, TcpView tcp, bool isPlain)
    {
        this = ip;
        IsTcp = true;
        HeaderLength = ip.TransportOffset + tcp.HeaderLength;
        PayloadLength = tcp.Segment.Length - tcp.HeaderLength;
        (_sequence, _acknowledgment, _window) = (tcp.Sequence, tcp.Acknowledgment, tcp.Window);
        var flags = tcp.Flags;
        IsPush = (flags & TcpFlags.Psh) != 0;
        MayJoin = isPlain && PayloadLength > 0 && (flags & ~TcpFlags.Psh) == TcpFlags.Ack && tcp.UrgentPointer == 0;
    }

    private FlowPacket(in FlowPacket ip, UdpView udp, int transportLength, bool isPlain)
    {
        this = ip;
        HeaderLength = ip.TransportOffset + UdpView.HeaderLength;
        PayloadLength = transportLength - UdpView.HeaderLength;
        MayJoin = isPlain && PayloadLength > 0 && udp.Checksum != 0 && udp.Length == transportLength;
    }

    /// <summary>TCP, or else UDP.</summary>
    public bool IsTcp { get; }

    /// <summary>IPv4, or else IPv6.</summary>
    public bool IsIpv4 { get; }

    /// <summary>Whether the sender set PSH: nothing follows such a packet in its super-packet.</summary>
    public bool IsPush { get; }

    /// <summary>
    /// True when the packet may stand in a super-packet at all: plain IP headers, whole, no more bytes than they say; TCP with payload
    /// and no control bit but ACK and PSH; UDP with payload and a checksum. Whether the checksums hold is <see cref="IsIntact"/>.
    /// </summary>
    public bool MayJoin { get; }

    /// <summary>The offset of the TCP or UDP header in bytes.</summary>
    public int TransportOffset { get; }

    /// <summary>All headers together, in bytes.</summary>
    public int HeaderLength { get; }

    /// <summary>The length of the payload in bytes.</summary>
    public int PayloadLength { get; }

    private int AddressesLength => 2 * (IsIpv4 ? Ipv4View.AddressLength : Ipv6View.AddressLength);

    private int AddressesOffset => (IsIpv4 ? Ipv4View.MinimumHeaderLength : Ipv6View.HeaderLength) - AddressesLength;

    /// <summary>Proves a packet that has a TCP or UDP header. Others belong to no flow.</summary>
    public static bool TryRead(Span<byte> data, out FlowPacket packet)
    {
        if (Ipv4View.TryParse(data, out var ipv4) && ipv4.HeaderLength == Ipv4View.MinimumHeaderLength
            && !ipv4.IsFragment && ipv4.TotalLength == data.Length)
        {
            packet = new FlowPacket(ipv4);
            return TryReadTransport(ipv4.Protocol, ipv4.Payload, isPlain: true, ref packet);
        }

        if (Ipv6View.TryParse(data, out var ipv6) && ipv6.NextHeader is IpProtocol.Tcp or IpProtocol.Udp
            && Ipv6View.HeaderLength + ipv6.PayloadLength == data.Length)
        {
            packet = new FlowPacket(ipv6);
            return TryReadTransport(ipv6.NextHeader, ipv6.Payload, isPlain: true, ref packet);
        }

        if (IpView.TryParse(data, out var ip) && ip.HasTransportHeader)
        {
            packet = new FlowPacket(ip);
            return TryReadTransport(ip.Protocol, ip.Transport, isPlain: false, ref packet);
        }

        packet = default;
        return false;
    }

    /// <summary>A number that packets of one flow and direction share, and others usually do not.</summary>
    /// <param name="data">This packet's bytes.</param>
    public ulong FlowHash(ReadOnlySpan<byte> data)
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        var hash = IsTcp ? 1UL : 2;
        foreach (var word in MemoryMarshal.Cast<byte, uint>(data.Slice(TransportOffset, Ports)))
        {
            hash = (hash ^ word) * Prime;
        }

        foreach (var word in MemoryMarshal.Cast<byte, uint>(Addresses(data)))
        {
            hash = (hash ^ word) * Prime;
        }

        return hash;
    }

    /// <summary>Whether both have the same addresses, ports and protocol.</summary>
    /// <param name="data">This packet's bytes.</param>
    /// <param name="other">Another packet.</param>
    /// <param name="otherData">Its bytes.</param>
    public bool IsSameFlow(ReadOnlySpan<byte> data, in FlowPacket other, ReadOnlySpan<byte> otherData) =>
        IsTcp == other.IsTcp && IsIpv4 == other.IsIpv4
        && Addresses(data).SequenceEqual(other.Addresses(otherData))
        && data.Slice(TransportOffset, Ports).SequenceEqual(otherData.Slice(other.TransportOffset, Ports));

    /// <summary>
    /// True when every checksum holds. A super-packet gets new ones, so a packet with a wrong one would be repaired in silence if it
    /// were taken in. For a packet that <see cref="MayJoin"/>.
    /// </summary>
    /// <param name="data">This packet's bytes.</param>
    public bool IsIntact(ReadOnlySpan<byte> data) =>
        PlainPacket.AreChecksumsValid(data, TransportOffset, IsTcp ? IpProtocol.Tcp : IpProtocol.Udp);

    /// <summary>
    /// True when this packet is what segmentation would have made next after <paramref name="last"/>, but for its size. Both are of one
    /// flow and may join.
    /// </summary>
    /// <param name="data">This packet's bytes.</param>
    /// <param name="last">The packet before it in the super-packet.</param>
    /// <param name="lastData">Its bytes.</param>
    /// <param name="step">
    /// By how much IPv4's ids have grown so far: 1, 0, or null when <paramref name="last"/> is the first packet. Gets this step's.
    /// </param>
    public bool Continues(ReadOnlySpan<byte> data, in FlowPacket last, ReadOnlySpan<byte> lastData, ref int? step)
    {
        if (_ipFields != last._ipFields || (IsIpv4 && !HasNextIdentification(last, ref step)))
        {
            return false;
        }

        return !IsTcp || (_sequence == last._sequence + (uint)last.PayloadLength
            && _acknowledgment == last._acknowledgment
            && _window == last._window
            && data[TransportOffset + TcpReservedOffset] == lastData[last.TransportOffset + TcpReservedOffset]
            && TcpOptions(data).SequenceEqual(last.TcpOptions(lastData)));
    }

    private static bool TryReadTransport(IpProtocol protocol, Span<byte> transport, bool isPlain, ref FlowPacket packet)
    {
        if (protocol == IpProtocol.Tcp && TcpView.TryParse(transport, out var tcp))
        {
            packet = new FlowPacket(packet, tcp, isPlain);
            return true;
        }

        if (protocol == IpProtocol.Udp && UdpView.TryParse(transport, out var udp))
        {
            packet = new FlowPacket(packet, udp, transport.Length, isPlain);
            return true;
        }

        return false;
    }

    private bool HasNextIdentification(in FlowPacket last, ref int? step)
    {
        // Segmentation counts the ids up. A constant one is accepted where it means nothing: in a packet that may not be fragmented
        // (RFC 6864 §4.1).
        var grown = (ushort)(_identification - last._identification);
        if (grown > 1 || (grown == 0 && !_dontFragment) || (step ?? grown) != grown)
        {
            return false;
        }

        step = grown;
        return true;
    }

    /// <summary>Both addresses: they end each version's fixed header.</summary>
    private ReadOnlySpan<byte> Addresses(ReadOnlySpan<byte> data) => data.Slice(AddressesOffset, AddressesLength);

    private ReadOnlySpan<byte> TcpOptions(ReadOnlySpan<byte> data) =>
        data[(TransportOffset + TcpView.MinimumHeaderLength)..HeaderLength];
}
