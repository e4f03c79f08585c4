using System.Net;
using System.Net.Sockets;
using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>The requests that set up one device, as messages (rtnetlink(7)). Pure: nothing is sent here.</summary>
internal static class LinkRequests
{
    private const ushort Acknowledged = Netlink.NLM_F_REQUEST | Netlink.NLM_F_ACK;
    private const ushort New = Acknowledged | Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL;

    /// <summary>Requests the device of a name.</summary>
    public static RtnetlinkMessage Find(string name) =>
        RtnetlinkMessage.Create(Rtnetlink.RTM_GETLINK, Acknowledged, new Rtnetlink.LinkBody()).Add(IfLink.IFLA_IFNAME, name);

    /// <summary>Requests the device of an index.</summary>
    public static RtnetlinkMessage Find(int index) =>
        RtnetlinkMessage.Create(Rtnetlink.RTM_GETLINK, Acknowledged, new Rtnetlink.LinkBody { ifi_index = index });

    /// <summary>Requests all addresses of one family.</summary>
    public static RtnetlinkMessage ListAddresses(AddressFamily family) => RtnetlinkMessage.Create(
        Rtnetlink.RTM_GETADDR, Netlink.NLM_F_REQUEST | Netlink.NLM_F_DUMP, new IfAddr.AddressBody { ifa_family = Family(family) });

    /// <summary>Requests all routes of one family.</summary>
    public static RtnetlinkMessage ListRoutes(AddressFamily family) => RtnetlinkMessage.Create(
        Rtnetlink.RTM_GETROUTE, Netlink.NLM_F_REQUEST | Netlink.NLM_F_DUMP, new Rtnetlink.RouteBody { rtm_family = Family(family) });

    /// <summary>Sets the device's MTU in bytes.</summary>
    public static RtnetlinkMessage SetMtu(int index, int mtu) =>
        RtnetlinkMessage.Create(Rtnetlink.RTM_NEWLINK, Acknowledged, new Rtnetlink.LinkBody { ifi_index = index })
            .Add(IfLink.IFLA_MTU, (uint)mtu);

    /// <summary>Sets how many packets wait for the device's reader.</summary>
    public static RtnetlinkMessage SetQueueLength(int index, int packets) =>
        RtnetlinkMessage.Create(Rtnetlink.RTM_NEWLINK, Acknowledged, new Rtnetlink.LinkBody { ifi_index = index })
            .Add(IfLink.IFLA_TXQLEN, (uint)packets);

    /// <summary>Brings the device up.</summary>
    public static RtnetlinkMessage SetUp(int index) => RtnetlinkMessage.Create(
        Rtnetlink.RTM_NEWLINK, Acknowledged, new Rtnetlink.LinkBody { ifi_index = index, ifi_flags = If.IFF_UP, ifi_change = If.IFF_UP });

    /// <summary>Takes the device down.</summary>
    public static RtnetlinkMessage SetDown(int index) => RtnetlinkMessage.Create(
        Rtnetlink.RTM_NEWLINK, Acknowledged, new Rtnetlink.LinkBody { ifi_index = index, ifi_change = If.IFF_UP });

    /// <summary>Keeps the kernel from giving the device a link-local IPv6 address by itself.</summary>
    public static RtnetlinkMessage SetNoLinkLocal(int index) =>
        RtnetlinkMessage.Create(Rtnetlink.RTM_NEWLINK, Acknowledged, new Rtnetlink.LinkBody { ifi_index = index })
            .AddNested(IfLink.IFLA_AF_SPEC, families => families.AddNested(
                Interop.Socket.AF_INET6,
                inet6 => inet6.Add(IfLink.IFLA_INET6_ADDR_GEN_MODE, [IfLink.IN6_ADDR_GEN_MODE_NONE])));

    /// <summary>Adds an address to the device.</summary>
    public static RtnetlinkMessage AddAddress(int index, IPAddress address, int prefixLength) =>
        AddressMessage(Rtnetlink.RTM_NEWADDR, New, index, address, prefixLength);

    /// <summary>Takes an address away.</summary>
    public static RtnetlinkMessage RemoveAddress(int index, IPAddress address, int prefixLength) =>
        AddressMessage(Rtnetlink.RTM_DELADDR, Acknowledged, index, address, prefixLength);

    /// <summary>Routes a prefix into the device.</summary>
    public static RtnetlinkMessage AddRoute(int index, DeviceRoute route) => RouteMessage(Rtnetlink.RTM_NEWROUTE, New, index, route);

    /// <summary>Takes such a route away.</summary>
    public static RtnetlinkMessage RemoveRoute(int index, DeviceRoute route) =>
        RouteMessage(Rtnetlink.RTM_DELROUTE, Acknowledged, index, route);

    /// <summary>The kernel's number of a family.</summary>
    public static byte Family(AddressFamily family) =>
        (byte)(family == AddressFamily.InterNetworkV6 ? Interop.Socket.AF_INET6 : Interop.Socket.AF_INET);

    /// <summary>A table's number for a field of 8 bits: 0, for none, where an attribute has to hold it.</summary>
    public static byte ShortTable(uint table) => table <= byte.MaxValue ? (byte)table : (byte)0;

    private static RtnetlinkMessage AddressMessage(ushort type, ushort flags, int index, IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        return RtnetlinkMessage.Create(type, flags, new IfAddr.AddressBody
        {
            ifa_family = Family(address.AddressFamily),
            ifa_prefixlen = (byte)prefixLength,
            ifa_flags = IfAddr.IFA_F_NODAD,
            ifa_scope = address.IsIPv6LinkLocal ? Rtnetlink.RT_SCOPE_LINK : Rtnetlink.RT_SCOPE_UNIVERSE,
            ifa_index = (uint)index,
        }).Add(IfAddr.IFA_LOCAL, bytes).Add(IfAddr.IFA_ADDRESS, bytes);
    }

    private static RtnetlinkMessage RouteMessage(ushort type, ushort flags, int index, DeviceRoute route)
    {
        var prefix = route.Prefix;
        var ipv4 = prefix.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        var message = RtnetlinkMessage.Create(type, flags, new Rtnetlink.RouteBody
        {
            rtm_family = Family(prefix.BaseAddress.AddressFamily),
            rtm_dst_len = (byte)prefix.PrefixLength,
            rtm_table = ShortTable(route.Table),
            rtm_protocol = Rtnetlink.RTPROT_STATIC,
            rtm_scope = ipv4 ? Rtnetlink.RT_SCOPE_LINK : Rtnetlink.RT_SCOPE_UNIVERSE,
            rtm_type = Rtnetlink.RTN_UNICAST,
        });
        return message.Add(Rtnetlink.RTA_DST, prefix.BaseAddress.GetAddressBytes()).Add(Rtnetlink.RTA_OIF, (uint)index)
            .Add(Rtnetlink.RTA_TABLE, route.Table);
    }
}
