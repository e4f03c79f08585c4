using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Culvert.Wire;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// A TCP or UDP packet as the coalescer sees it: which flow it belongs to, whether it may stand in a super-packet, and whether it goes on
/// where another one of its flow ended. The rules are those of the kernel's own receive offload, which undoes its segmentation: whatever
/// one super-packet could not give back is a reason not to join.
/// </summary>
internal readonly ref struct FlowPacket
{
    private readonly IpPacket _ip;
    private readonly TcpView _tcp;
    private readonly UdpView _udp;

    private FlowPacket(IpPacket ip, TcpView tcp)
    {
        _ip = ip;
        _tcp = tcp;
        IsTcp = true;
        HeaderLength = ip.TransportOffset + tcp.HeaderLength;
    }

    private FlowPacket(IpPacket ip, UdpView udp)
    {
        _ip = ip;
        _udp = udp;
        HeaderLength = ip.TransportOffset + UdpView.HeaderLength;
    }

    /// <summary>TCP, or else UDP.</summary>
    public bool IsTcp { get; }

    /// <summary>IPv4, or else IPv6.</summary>
    public bool IsIpv4 => _ip.IsIpv4;

    /// <summary>Where the TCP or UDP header starts, in bytes.</summary>
    public int TransportOffset => _ip.TransportOffset;

    /// <summary>All headers together, in bytes.</summary>
    public int HeaderLength { get; }

    /// <summary>What follows the headers, in bytes.</summary>
    public int PayloadLength => _ip.Packet.Length - HeaderLength;

    /// <summary>True when the sender asks to hand on what there is: nothing follows such a packet in its super-packet.</summary>
    public bool IsPush => IsTcp && (_tcp.Flags & TcpFlags.Psh) != 0;

    /// <summary>A number that packets of one flow and direction share, and others usually do not.</summary>
    public ulong FlowHash
    {
        get
        {
            const ulong Prime = 0x9E3779B97F4A7C15;
            var ports = Unsafe.ReadUnaligned<uint>(ref MemoryMarshal.GetReference(_ip.Transport));
            var hash = ports | ((ulong)_ip.Protocol << 32);
            foreach (var word in MemoryMarshal.Cast<byte, uint>(_ip.Source))
            {
                hash = (hash ^ word) * Prime;
            }

            foreach (var word in MemoryMarshal.Cast<byte, uint>(_ip.Destination))
            {
                hash = (hash ^ word) * Prime;
            }

            return hash;
        }
    }

    /// <summary>Proves a packet that has a TCP or UDP header. Others belong to no flow.</summary>
    public static bool TryParse(Span<byte> data, out FlowPacket packet)
    {
        packet = default;
        if (!IpPacket.TryParse(data, out var ip) || !ip.HasTransportHeader)
        {
            return false;
        }

        if (ip.Protocol == IpProtocol.Tcp && TcpView.TryParse(ip.Transport, out var tcp))
        {
            packet = new FlowPacket(ip, tcp);
            return true;
        }

        if (ip.Protocol == IpProtocol.Udp && UdpView.TryParse(ip.Transport, out var udp))
        {
            packet = new FlowPacket(ip, udp);
            return true;
        }

        return false;
    }

    /// <summary>True when both have the same addresses, ports and protocol.</summary>
    public bool IsSameFlow(in FlowPacket other)
    {
        const int Ports = 2 * sizeof(ushort);
        return IsTcp == other.IsTcp
            && _ip.Source.SequenceEqual(other._ip.Source)
            && _ip.Destination.SequenceEqual(other._ip.Destination)
            && _ip.Transport[..Ports].SequenceEqual(other._ip.Transport[..Ports]);
    }

    /// <summary>
    /// True when the packet may stand in a super-packet at all: plain IP headers, whole, no more bytes than they say; TCP with payload
    /// and no control bit but ACK and PSH; UDP with payload and a checksum. Whether the checksums hold is <see cref="IsIntact"/>.
    /// </summary>
    /// <param name="dataLength">The bytes that the packet came with.</param>
    public bool MayJoin(int dataLength)
    {
        var plain = _ip.TransportOffset == (IsIpv4 ? Ipv4View.MinimumHeaderLength : Ipv6View.HeaderLength);
        if (!plain || !_ip.IsTransportWhole || _ip.Length != dataLength || PayloadLength <= 0)
        {
            return false;
        }

        return IsTcp
            ? (_tcp.Flags & ~TcpFlags.Psh) == TcpFlags.Ack && _tcp.UrgentPointer == 0
            : _udp.Checksum != 0 && _udp.Length == _ip.TransportLength;
    }

    /// <summary>
    /// True when every checksum holds. A super-packet gets new ones, so a packet with a wrong one would be repaired in silence if it
    /// were taken in.
    /// </summary>
    public bool IsIntact() =>
        (!Ipv4View.TryParse(_ip.Packet, out var ipv4) || ipv4.IsHeaderChecksumValid)
        && InternetChecksum.IsValid(_ip.Transport, _ip.PseudoHeaderSum());

    /// <summary>
    /// True when this packet is what segmentation would have made next after <paramref name="last"/>, but for its size. Both are of one
    /// flow and may join.
    /// </summary>
    /// <param name="last">The packet before it in the super-packet.</param>
    /// <param name="identification">
    /// By how much IPv4's ids have grown so far: 1, 0, or null when <paramref name="last"/> is the first packet. Gets this step's.
    /// </param>
    public bool Continues(in FlowPacket last, ref int? identification) =>
        HasSameIpHeader(last, ref identification) && (!IsTcp || HasNextTcpHeader(last));

    private bool HasSameIpHeader(in FlowPacket last, ref int? identification)
    {
        if (!Ipv4View.TryParse(_ip.Packet, out var mine) || !Ipv4View.TryParse(last._ip.Packet, out var its))
        {
            return Ipv6View.TryParse(_ip.Packet, out var mine6) && Ipv6View.TryParse(last._ip.Packet, out var its6)
                && mine6.TrafficClass == its6.TrafficClass && mine6.FlowLabel == its6.FlowLabel && mine6.HopLimit == its6.HopLimit;
        }

        if (mine.TrafficClass != its.TrafficClass || mine.TimeToLive != its.TimeToLive
            || mine.DontFragment != its.DontFragment || mine.ReservedFlag != its.ReservedFlag)
        {
            return false;
        }

        // Segmentation counts the ids up. A constant one is accepted where it means nothing: a packet that may not be fragmented
        // (RFC 6864 §4.1).
        var step = (ushort)(mine.Identification - its.Identification);
        if (step > 1 || (step == 0 && !mine.DontFragment) || (identification ?? step) != step)
        {
            return false;
        }

        identification = step;
        return true;
    }

    private bool HasNextTcpHeader(in FlowPacket last) =>
        _tcp.Sequence == last._tcp.Sequence + (uint)last.PayloadLength
        && _tcp.Acknowledgment == last._tcp.Acknowledgment
        && _tcp.Window == last._tcp.Window
        && _ip.Transport[TcpView.MinimumHeaderLength.._tcp.HeaderLength].SequenceEqual(
            last._ip.Transport[TcpView.MinimumHeaderLength..last._tcp.HeaderLength]);
}
