using System.Buffers.Binary;
using Culvert.Wire;

namespace Culvert.Testing;

public sealed partial class PacketBuilder
{
    private IpProtocol _protocol = IpProtocol.NoNextHeader;
    private byte[] _transport = [];
    private readonly List<byte> _tcpOptions = [];
    private int? _dataOffset;
    private int? _udpLength;
    private ushort? _transportChecksum;
    private int _checksumError;

    /// <summary>Makes it a TCP segment with sequence number 1, acknowledgment number 0 and window 65535.</summary>
    public PacketBuilder Tcp(ushort sourcePort = 40000, ushort destinationPort = 443, TcpFlags flags = TcpFlags.Ack)
    {
        _protocol = IpProtocol.Tcp;
        _transport = new byte[TcpView.MinimumHeaderLength];
        TcpView.Write(_transport, sourcePort, destinationPort, sequence: 1, acknowledgment: 0, flags, ushort.MaxValue, pseudoHeader: 0);
        return this;
    }

    /// <summary>Sets the sequence and acknowledgment numbers.</summary>
    public PacketBuilder Sequence(uint sequence, uint acknowledgment = 0)
    {
        var tcp = ParseTcp();
        tcp.Sequence = sequence;
        tcp.Acknowledgment = acknowledgment;
        return this;
    }

    /// <summary>Sets the window and the urgent pointer.</summary>
    public PacketBuilder Window(ushort window, ushort urgentPointer = 0)
    {
        var tcp = ParseTcp();
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
    public PacketBuilder TcpOptionBytes(params byte[] bytes)
    {
        ParseTcp();
        _tcpOptions.AddRange(bytes);
        return this;
    }

    /// <summary>Writes a wrong data offset, in words of 4 bytes.</summary>
    public PacketBuilder DataOffset(int words) => Set(out _dataOffset, words);

    /// <summary>Makes it a UDP datagram.</summary>
    public PacketBuilder Udp(ushort sourcePort = 40000, ushort destinationPort = 53)
    {
        _protocol = IpProtocol.Udp;
        _transport = new byte[UdpView.HeaderLength];
        UdpView.Write(_transport, sourcePort, destinationPort, pseudoHeader: 0);
        return this;
    }

    /// <summary>Writes a wrong UDP length.</summary>
    public PacketBuilder UdpLength(int value) => Set(out _udpLength, value);

    /// <summary>Makes it an ICMP message, or an ICMPv6 message in an IPv6 packet, with the given first word of its body.</summary>
    public PacketBuilder Icmp(byte type, byte code = 0, uint rest = 0)
    {
        _protocol = _ipv4 ? IpProtocol.Icmp : IpProtocol.Icmpv6;
        _transport = new byte[IcmpView.HeaderLength];
        IcmpView.Write(_transport, type, code, rest);
        return this;
    }

    /// <summary>Makes it an echo request.</summary>
    public PacketBuilder Ping(ushort identifier, ushort sequence) =>
        Icmp(_ipv4 ? (byte)8 : (byte)128, 0, ((uint)identifier << 16) | sequence);

    /// <summary>Names the protocol of a packet without a transport header of this builder's; give the rest as its payload.</summary>
    public PacketBuilder Protocol(IpProtocol protocol)
    {
        _protocol = protocol;
        _transport = [];
        return this;
    }

    /// <summary>Writes this transport checksum, right or wrong; 0 for UDP without one.</summary>
    public PacketBuilder Checksum(ushort value) => Set(out _transportChecksum, value);

    /// <summary>Makes the transport checksum wrong by this much, in one's complement.</summary>
    public PacketBuilder ChecksumError(ushort by) => Set(out _checksumError, by);

    private IpProtocol FirstHeader => _firstExtension ?? _protocol;

    private TcpView ParseTcp() => _protocol == IpProtocol.Tcp && TcpView.TryParse(_transport, out var tcp)
        ? tcp
        : throw new InvalidOperationException("Call Tcp(…) first.");

    private byte[] TransportOptions()
    {
        var padded = new byte[(_tcpOptions.Count + 3) / 4 * 4];
        _tcpOptions.CopyTo(padded);
        return padded;
    }

    private void FinishTransport(byte[] packet)
    {
        var headers = packet.Length - _payload.Length - TransportOptions().Length - _transport.Length;
        var transport = packet.AsSpan(headers);
        IpView.TryParse(packet, out var ip);
        switch (_protocol)
        {
            case IpProtocol.Tcp:
                FinishTcp(transport, Pseudo(ip, transport.Length));
                break;
            case IpProtocol.Udp:
                BinaryPrimitives.WriteUInt16BigEndian(transport[4..], (ushort)(_udpLength ?? transport.Length));
                Fill(transport, UdpView.ChecksumOffset, Pseudo(ip, transport.Length));
                break;
            case IpProtocol.Icmp when _transport.Length > 0:
                Fill(transport, IcmpView.ChecksumOffset, 0);
                break;
            case IpProtocol.Icmpv6 when _transport.Length > 0:
                Fill(transport, Icmpv6View.ChecksumOffset, Pseudo(ip, transport.Length));
                break;
        }
    }

    private void FinishTcp(Span<byte> transport, uint pseudoHeader)
    {
        const int DataOffsetByte = 12;
        var words = _dataOffset ?? ((_transport.Length + TransportOptions().Length) / sizeof(uint));
        if (words > 15)
        {
            throw new InvalidOperationException("TCP options have at most 40 bytes.");
        }

        transport[DataOffsetByte] = (byte)((words << 4) | (transport[DataOffsetByte] & 0xF));
        Fill(transport, TcpView.ChecksumOffset, pseudoHeader);
    }

    // The final destination comes from the packet; where an unknown route or a fragment hides it, the header's own is taken.
    private uint Pseudo(IpView ip, int length)
    {
        var known = ip.HasTransportHeader && ip.Protocol == _protocol ? ip.PseudoHeaderSum(length) : 0;
        return known != 0 ? known : InternetChecksum.PseudoHeader(_source, _destination, _protocol, length);
    }

    private void Fill(Span<byte> message, int field, uint pseudoHeader)
    {
        var right = InternetChecksum.ComputeWithout(message, field, pseudoHeader);
        var value = _protocol == IpProtocol.Udp ? InternetChecksum.ToUdp(right) : right;
        var written = _transportChecksum ?? (_checksumError == 0 ? value : InternetChecksum.Fold((uint)value + (uint)_checksumError));
        BinaryPrimitives.WriteUInt16BigEndian(message[field..], written);
    }
}
