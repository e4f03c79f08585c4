using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Culvert.Packets;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>The question by which interface the kernel sends a datagram, with all that its routes and policy rules choose by. Pure.</summary>
internal static class RouteQuery
{
    /// <summary>Creates the request.</summary>
    /// <param name="destination">The remote endpoint, with the local part that the datagram would have.</param>
    /// <param name="network">The socket that would send it.</param>
    public static RtnetlinkMessage Of(in DatagramEndpoint destination, NetworkEndpointShape network)
    {
        Span<byte> address = stackalloc byte[16];
        var remote = address[..destination.WriteAddress(address)];
        Span<byte> local = stackalloc byte[16];
        var source = local[..SourceOf(destination, network, local)];
        var message = RtnetlinkMessage.Create(Rtnetlink.RTM_GETROUTE, Netlink.NLM_F_REQUEST | Netlink.NLM_F_ACK, new Rtnetlink.RouteBody
        {
            rtm_family = (byte)(destination.IsIpv4 ? Socket.AF_INET : Socket.AF_INET6),
            rtm_dst_len = (byte)(8 * remote.Length),
            rtm_src_len = (byte)(8 * source.Length),
        }).Add(Rtnetlink.RTA_DST, remote);
        if (!source.IsEmpty)
        {
            message.Add(Rtnetlink.RTA_SRC, source);
        }

        if (DeviceOf(destination, network) is not 0 and var device)
        {
            message.Add(Rtnetlink.RTA_OIF, device);
        }

        if (network.FirewallMark is { } mark)
        {
            message.Add(Rtnetlink.RTA_MARK, mark);
        }

        return network is { MaxConnections: 0, ListenPort: { } port } ? AddPorts(message, port, destination.Port) : message;
    }

    /// <summary>Reads the interface of an answer; null where it has none.</summary>
    public static int? ReadDevice(ReadOnlySpan<byte> payload) => payload.Length < Marshal.SizeOf<Rtnetlink.RouteBody>() ? null
        : (int?)NetlinkAttributes.FindNumber(payload[Marshal.SizeOf<Rtnetlink.RouteBody>()..], Rtnetlink.RTA_OIF);

    // Policy rules may choose by them (ip rule … ipproto udp sport 51820). Of a connection nobody knows the local port beforehand.
    private static RtnetlinkMessage AddPorts(RtnetlinkMessage message, int local, int remote)
    {
        const byte udp = 17; // IPPROTO_UDP
        Span<byte> port = stackalloc byte[sizeof(ushort)];
        message.Add(Rtnetlink.RTA_IP_PROTO, [udp]);
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)local);
        message.Add(Rtnetlink.RTA_SPORT, port);
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)remote);
        return message.Add(Rtnetlink.RTA_DPORT, port);
    }

    private static int SourceOf(in DatagramEndpoint destination, NetworkEndpointShape network, Span<byte> bytes)
    {
        if (destination.HasLocalAddress)
        {
            return destination.WriteLocalAddress(bytes);
        }

        var bound = network.Address is { } address && DatagramEndpoint.From(new(address, 0)) is var own && own.IsIpv4 == destination.IsIpv4 ? own : default;
        return bound.WriteAddress(bytes);
    }

    private static uint DeviceOf(in DatagramEndpoint destination, NetworkEndpointShape network) =>
        network.BindDevice is { } name && NetIf.if_nametoindex(name) is not 0 and var bound ? bound
        : destination.InterfaceIndex != 0 ? destination.InterfaceIndex : destination.ScopeId;
}
