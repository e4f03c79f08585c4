using System.Runtime.Versioning;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp.Interop;
using static Culvert.Plugins.Transport.Udp.Interop.NetinetIn;
using static Culvert.Plugins.Transport.Udp.Interop.SysSocket;

namespace Culvert.Plugins.Transport.Udp.Linux;

/// <summary>
/// The control messages of one send or receive (ip(7), ipv6(7), udp(7), socket(7)): the size of the segments, the local address and interface, DSCP and ECN, and how many messages were lost.
/// A dual-stack socket has the addresses in IPv6 form for both families, but the traffic class in that of the packet.
/// </summary>
[SupportedOSPlatform("linux")]
internal static unsafe class ControlMessages
{
    /// <summary>The room for the control messages of one message, both ways.</summary>
    public static readonly int Space = (3 * cmsghdr.Space(sizeof(int))) + cmsghdr.Space(Ipv6InfoLength);

    // struct in_pktinfo: interface, address to send from, address in the header. struct in6_pktinfo: address, interface.
    private const int Ipv4InfoLength = 12;
    private const int Ipv4Local = 4;
    private const int Ipv6InfoLength = 20;
    private const int Ipv6Interface = 16;
    private const int MappedPrefixLength = 12;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <summary>Writes the control messages of a send.</summary>
    /// <param name="control">Room of <see cref="Space"/> bytes.</param>
    /// <param name="first">The first datagram, which the others are like.</param>
    /// <param name="datagrams">How many share the send.</param>
    /// <param name="ipv6Socket">The socket's family.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(byte* control, in Datagram first, int datagrams, bool ipv6Socket)
    {
        var length = 0;
        if (datagrams > 1)
        {
            *(ushort*)Begin(control, ref length, NetinetUdp.SOL_UDP, NetinetUdp.UDP_SEGMENT, sizeof(ushort)) = (ushort)first.Length;
        }

        if (first.Endpoint.HasLocalAddress || first.Endpoint.InterfaceIndex != 0)
        {
            WriteLocal(control, ref length, first.Endpoint, ipv6Socket);
        }

        if (first.TrafficClass != 0)
        {
            var data = first.Endpoint.IsIpv6
                ? Begin(control, ref length, IPPROTO_IPV6, IPV6_TCLASS, sizeof(int)) : Begin(control, ref length, IPPROTO_IP, IP_TOS, sizeof(int));
            *(int*)data = first.TrafficClass;
        }

        return length;
    }

    /// <summary>Reads the control messages of a receive into the message.</summary>
    public static ReceivedMessage Read(in msghdr header, in ReceivedMessage message)
    {
        var read = message;
        var offset = 0;
        while (offset + cmsghdr.DataOffset <= (int)header.msg_controllen)
        {
            var control = (cmsghdr*)(header.msg_control + offset);
            read = Read(control, in read);
            offset += cmsghdr.Space(Math.Max(0, (int)control->cmsg_len - cmsghdr.DataOffset));
        }

        return read;
    }

    private static ReceivedMessage Read(cmsghdr* control, in ReceivedMessage message)
    {
        var data = (byte*)control + cmsghdr.DataOffset;
        switch (control->cmsg_level, control->cmsg_type)
        {
            case (NetinetUdp.SOL_UDP, NetinetUdp.UDP_GRO) when *(int*)data > 0:
                return message with { Segment = Math.Min(*(int*)data, message.Length) };
            case (IPPROTO_IP, IP_PKTINFO):
                return message with { Source = message.Source.WithLocal(new(data + Ipv4Local, 4), *(uint*)data) };
            case (IPPROTO_IPV6, IPV6_PKTINFO):
                return message with { Source = WithIpv6Local(message.Source, data) };
            case (IPPROTO_IP, IP_TOS):
                return message with { TrafficClass = *data };
            case (IPPROTO_IPV6, IPV6_TCLASS):
                return message with { TrafficClass = (byte)*(int*)data };
            case (SOL_SOCKET, SO_RXQ_OVFL):
                return message with { Overflow = *(uint*)data };
            default:
                return message;
        }
    }

    private static DatagramEndpoint WithIpv6Local(in DatagramEndpoint source, byte* data)
    {
        var address = new ReadOnlySpan<byte>(data, Ipv6Interface);
        return source.WithLocal(source.IsIpv4 ? address[MappedPrefixLength..] : address, *(uint*)(data + Ipv6Interface));
    }

    private static void WriteLocal(byte* control, ref int length, in DatagramEndpoint endpoint, bool ipv6Socket)
    {
        if (!ipv6Socket)
        {
            var data = Begin(control, ref length, IPPROTO_IP, IP_PKTINFO, Ipv4InfoLength);
            new Span<byte>(data, Ipv4InfoLength).Clear();
            *(uint*)data = endpoint.InterfaceIndex;
            endpoint.WriteLocalAddress(new(data + Ipv4Local, 4));
            return;
        }

        var info = Begin(control, ref length, IPPROTO_IPV6, IPV6_PKTINFO, Ipv6InfoLength);
        var address = new Span<byte>(info, Ipv6Interface);
        address.Clear();
        if (endpoint.IsIpv4)
        {
            MappedPrefix.CopyTo(address);
            address = address[MappedPrefixLength..];
        }

        endpoint.WriteLocalAddress(address);
        *(uint*)(info + Ipv6Interface) = endpoint.InterfaceIndex;
    }

    private static byte* Begin(byte* control, ref int length, int level, int type, int dataLength)
    {
        var header = (cmsghdr*)(control + length);
        (header->cmsg_len, header->cmsg_level, header->cmsg_type) = (cmsghdr.Length(dataLength), level, type);
        length += cmsghdr.Space(dataLength);
        return (byte*)header + cmsghdr.DataOffset;
    }
}
