using System.Net;
using Culvert.Testing;
using Culvert.Tools.Captures;
using Culvert.Wire;

namespace Culvert.Tools.Cases;

/// <summary>Builds or reads the bytes of a packet that a test specifies.</summary>
internal static class SpecifiedPacket
{
    /// <summary>Returns the packet.</summary>
    /// <exception cref="InvalidDataException">The packet cannot be built or read; the message says why and what to do.</exception>
    public static byte[] Build(PacketSpec spec)
    {
        object?[] kinds = [spec.Tcp, spec.Udp, spec.Icmp, spec.Hex, spec.Capture];
        if (kinds.Count(kind => kind is not null) != 1)
        {
            throw new InvalidDataException("the packet is not of one kind; write one of tcp, udp, icmp, hex and capture");
        }

        if (spec.Capture is null != spec.Frame is null)
        {
            throw new InvalidDataException("a frame needs a capture and its number in it; write capture: FILE, frame: NUMBER");
        }

        if (spec.Ip is not null && (spec.Hex is not null || spec.Capture is not null))
        {
            throw new InvalidDataException("'ip' changes only a packet that is built; remove it, or write tcp, udp or icmp");
        }

        return spec switch
        {
            { Hex: { } hex } => hex.Bytes,
            { Capture: { } capture } => ReadFrame(capture.Full, spec.Frame!.Value),
            { Tcp: { } tcp } => Finish(Tcp(Start(tcp.From.Address, tcp.To.Address, spec.Ip), tcp), tcp.Payload, tcp.Checksum),
            { Udp: { } udp } => Finish(
                Start(udp.From.Address, udp.To.Address, spec.Ip).Udp((ushort)udp.From.Port, (ushort)udp.To.Port), udp.Payload, udp.Checksum),
            _ => Finish(Icmp(Start(spec.Icmp!.From, spec.Icmp.To, spec.Ip), spec.Icmp), spec.Icmp.Payload, spec.Icmp.Checksum),
        };
    }

    private static PacketBuilder Start(IPAddress from, IPAddress to, IpSpec? ip)
    {
        const int DscpShift = 2;
        if (from.AddressFamily != to.AddressFamily)
        {
            throw new InvalidDataException($"'from' and 'to' are of two families, {from} and {to}; write two IPv4 or two IPv6 addresses");
        }

        var packet = PacketBuilder.Ip(from, to);
        if (ip is null)
        {
            return packet;
        }

        packet.HopLimit((byte)ip.Ttl).TrafficClass((byte)((ip.Dscp << DscpShift) | ip.Ecn)).Identification((ushort)ip.Id);
        _ = ip.Df ? packet.DontFragment() : packet;
        _ = ip.Checksum is { } checksum ? packet.IpChecksum(checksum.Value) : packet;
        return ip.FragmentOffset is not null || ip.Mf ? packet.Fragment(ip.FragmentOffset ?? 0, ip.Mf) : packet;
    }

    private static PacketBuilder Tcp(PacketBuilder packet, TcpSpec tcp)
    {
        packet.Tcp((ushort)tcp.From.Port, (ushort)tcp.To.Port, tcp.Flags.Flags).Sequence((uint)tcp.Seq, (uint)tcp.Ack).Window((ushort)tcp.Window);
        _ = tcp.Mss is { } mss ? packet.Mss((ushort)mss) : packet;
        _ = tcp.SackPermitted ? packet.SackPermitted() : packet;
        if (tcp.Timestamps is { } times)
        {
            if (times is not [>= 0 and <= uint.MaxValue and var value, >= 0 and <= uint.MaxValue and var echo])
            {
                throw new InvalidDataException("'timestamps' is not a pair of 32-bit numbers; write [VALUE, ECHO]");
            }

            packet.Timestamps((uint)value, (uint)echo);
        }

        return tcp.WindowScale is { } scale ? packet.Nop().WindowScale((byte)scale) : packet;
    }

    private static PacketBuilder Icmp(PacketBuilder packet, IcmpSpec icmp)
    {
        var request = icmp.From.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? IcmpType.EchoRequest : IcmpType.EchoRequestV6;
        return packet.Icmp((byte)(icmp.Type ?? request), (byte)icmp.Code, ((uint)icmp.Id << 16) | (uint)icmp.Seq);
    }

    private static byte[] Finish(PacketBuilder packet, PayloadBytes? payload, ChecksumValue? checksum)
    {
        _ = payload is null ? packet : packet.Payload(payload.Bytes);
        return (checksum is { } value ? packet.Checksum(value.Value) : packet).Build();
    }

    private static byte[] ReadFrame(string path, long number)
    {
        try
        {
            using var capture = CaptureReader.Open(path);
            while (capture.TryRead(out var record))
            {
                if (record.Number == number)
                {
                    return LinkLayer.TryFindIp(record.LinkType, record.Data, out var offset)
                        ? record.Data[offset..].ToArray()
                        : throw new InvalidDataException($"frame {number} has no IP packet; give the number of another one");
                }
            }

            throw new InvalidDataException($"the capture has {capture.Count} frames; give the number of one of them");
        }
        catch (Exception wrong) when (wrong is CaptureException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"the capture cannot be read: {wrong.Message.TrimEnd('.')}; give the path of a pcap or pcapng", wrong);
        }
    }
}
