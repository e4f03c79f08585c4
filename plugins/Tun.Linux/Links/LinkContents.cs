using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Culvert.Endpoints;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Wire;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>The addresses and routes that a device has, whoever set them; routes that the kernel made for an address are left out.</summary>
/// <param name="Addresses">The addresses with their prefix lengths.</param>
/// <param name="Routes">The routes into the device, in all tables.</param>
internal sealed record LinkContents(IReadOnlyList<InterfaceAddress> Addresses, IReadOnlyList<DeviceRoute> Routes)
{
    /// <summary>Nothing.</summary>
    public static LinkContents None { get; } = new([], []);

    /// <summary>Asks the kernel.</summary>
    /// <exception cref="NetlinkException">It refused.</exception>
    public static LinkContents Read(RtnetlinkSocket socket, int index)
    {
        var addresses = new List<InterfaceAddress>();
        var routes = new List<DeviceRoute>();
        foreach (var family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
        {
            addresses.AddRange(ReadAddresses(socket, index, family));
            routes.AddRange(socket.List<DeviceRoute?>(
                LinkRequests.ListRoutes(family), (payload, out route) => (route = ReadRoute(payload, family, index)) is not null).OfType<DeviceRoute>());
        }

        return new LinkContents(addresses, routes);
    }

    /// <summary>Asks the kernel for the addresses of one family alone.</summary>
    /// <exception cref="NetlinkException">It refused.</exception>
    public static IEnumerable<InterfaceAddress> ReadAddresses(RtnetlinkSocket socket, int index, AddressFamily family) => socket.List<InterfaceAddress?>(
        LinkRequests.ListAddresses(family), (payload, out address) => (address = ReadAddress(payload, index)) is not null).OfType<InterfaceAddress>();

    /// <summary>Whether an address or a route is among them.</summary>
    public bool Has(object item) => item switch
    {
        InterfaceAddress address => Addresses.Any(held => held.Address.Equals(address.Address)),
        DeviceRoute route => Routes.Contains(route),
        _ => true,
    };

    internal static InterfaceAddress? ReadAddress(ReadOnlySpan<byte> payload, int index)
    {
        if (!MemoryMarshal.TryRead<IfAddr.AddressBody>(payload, out var body) || body.ifa_index != index)
        {
            return null;
        }

        var attributes = payload[Marshal.SizeOf<IfAddr.AddressBody>()..];
        var local = NetlinkAttributes.Find(attributes, IfAddr.IFA_LOCAL);
        var bytes = local.IsEmpty ? NetlinkAttributes.Find(attributes, IfAddr.IFA_ADDRESS) : local;
        return ReadIp(bytes, body.ifa_prefixlen) is { } address ? new InterfaceAddress(address, body.ifa_prefixlen) : null;
    }

    internal static DeviceRoute? ReadRoute(ReadOnlySpan<byte> payload, AddressFamily family, int index)
    {
        if (!MemoryMarshal.TryRead<Rtnetlink.RouteBody>(payload, out var body)
            || body.rtm_type != Rtnetlink.RTN_UNICAST || body.rtm_protocol == Rtnetlink.RTPROT_KERNEL)
        {
            return null;
        }

        var attributes = payload[Marshal.SizeOf<Rtnetlink.RouteBody>()..];
        if (NetlinkAttributes.FindNumber(attributes, Rtnetlink.RTA_OIF) != index)
        {
            return null;
        }

        var destination = NetlinkAttributes.Find(attributes, Rtnetlink.RTA_DST);
        var any = family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
        return (destination.IsEmpty ? any : ReadIp(destination, body.rtm_dst_len)) is { } prefix && (!destination.IsEmpty || body.rtm_dst_len == 0)
            ? new DeviceRoute(AddressText.NetworkOf(prefix, body.rtm_dst_len), NetlinkAttributes.FindNumber(attributes, Rtnetlink.RTA_TABLE) ?? body.rtm_table)
            : null;
    }

    /// <returns>Null where the bytes are no address, or its prefix is longer than it.</returns>
    private static IPAddress? ReadIp(ReadOnlySpan<byte> bytes, int prefixLength) =>
        bytes.Length is 4 or 16 && prefixLength <= 8 * bytes.Length ? new IPAddress(bytes) : null;
}
