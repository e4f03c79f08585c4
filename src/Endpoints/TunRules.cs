using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text;
using Culvert.Options;
using Culvert.Stages;

namespace Culvert.Endpoints;

/// <summary>The shape and the rules of <c>stage: tun</c> on every system.</summary>
public static class TunRules
{
    private const int MaxNameBytes = 15; // IFNAMSIZ of linux/if.h without its zero.
    private const int MinIpv6Mtu = 1280; // RFC 8200 §5.

    /// <summary>Returns the shape of a TUN device.</summary>
    public static StageShape Shape(TunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var usesIpv6 = options.Addresses.Any(address => address.IsIpv6)
            || options.Routes.Prefixes.Any(route => route.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6);
        return StageShape.HostEndpoint(PacketKind.Ip, new()
        {
            Mtu = options.Mtu.Bytes,
            MinMtu = usesIpv6 ? MinIpv6Mtu : 0,
            Device = options.Device,
            FollowsPlan = options.Routes.IsAuto || options.Routes.Prefixes.Any(route => route.PrefixLength == 0),
            Addresses = [.. options.Addresses.Select(address => address.Address)],
            Networks = options.Table.Number is null or RouteTable.Main
                ? [.. options.Addresses.Select(address => address.Network), .. options.Routes.Prefixes]
                : [.. options.Addresses.Select(address => address.Network)],
        });
    }

    /// <summary>Reports a default route that would lead the tunnel's own datagrams into the tunnel.</summary>
    public static void ValidatePlan(TunOptions options, StagePlan plan, OptionsReport report)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(report);
        var defaults = RoutesOf(options, plan).Where(route => route.PrefixLength == 0).ToArray();
        var isMain = options.Table.Number == RouteTable.Main || (options.Table.Number is null && plan.Network.FirewallMark is null);
        if (defaults.Length > 0 && isMain)
        {
            report.Warning(
                "routes", $"{defaults[0]} leads the tunnel's own datagrams into the tunnel, unless a longer route leads to each peer",
                "on Linux, set 'fwmark: 51820' at the network endpoint and leave 'table' at auto");
        }
    }

    /// <summary>
    /// Returns the prefixes to route into the device. The networks of its addresses are routed by the system itself; <c>auto</c> leaves out
    /// what lies within them, too.
    /// </summary>
    public static IReadOnlyList<IPNetwork> RoutesOf(TunOptions options, StagePlan plan)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(plan);
        var connected = options.Addresses.Select(address => address.Network).ToHashSet();
        var routes = (options.Routes.IsAuto ? plan.Prefixes : options.Routes.Prefixes).Where(route => !connected.Contains(route)).Distinct();
        return [.. options.Routes.IsAuto ? routes.Where(route => !connected.Any(network => Covers(network, route))) : routes];
    }

    private static bool Covers(IPNetwork network, IPNetwork prefix) =>
        network.BaseAddress.AddressFamily == prefix.BaseAddress.AddressFamily
        && network.PrefixLength <= prefix.PrefixLength && network.Contains(prefix.BaseAddress);

    /// <summary>Reports invalid names, an MTU below the minimum of IPv6, a ring that is no power of two, and repetitions.</summary>
    public static void Validate(TunOptions options, OptionsReport report)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        if (!IsDeviceName(options.Device))
        {
            report.Error(
                "device", $"'{options.Device}' is not a valid device name", $"use 1 to {MaxNameBytes} letters and digits, without '/', ':', '%' and spaces");
        }

        if (options.Mtu.Bytes < MinIpv6Mtu && options.Addresses.Any(address => address.IsIpv6))
        {
            report.Error(
                "mtu", $"{options.Mtu} is below the minimum of IPv6, but the device has an IPv6 address",
                $"use at least {MinIpv6Mtu}, or remove the IPv6 addresses");
        }

        if (!BitOperations.IsPow2(options.RingCapacity.Bytes))
        {
            report.Error("ring-capacity", $"{options.RingCapacity} is not a power of two", "use one from 128KiB to 64MiB, for example 8MiB");
        }

        ReportRepetitions(options, report);
    }

    /// <summary>
    /// Whether a name can be that of a device: 1 to 15 bytes without '/', ':', '%' and white space, as the kernel wants it, and without invisible characters.
    /// </summary>
    public static bool IsDeviceName(string name) =>
        Encoding.UTF8.GetByteCount(name) is > 0 and <= MaxNameBytes && name is not ("." or "..")
        && !name.Any(letter => letter is '/' or ':' or '%' || char.IsWhiteSpace(letter) || char.IsControl(letter)
            || char.GetUnicodeCategory(letter) == UnicodeCategory.Format);

    private static void ReportRepetitions(TunOptions options, OptionsReport report)
    {
        var addresses = new HashSet<IPAddress>();
        for (var i = 0; i < options.Addresses.Count; i++)
        {
            if (!addresses.Add(options.Addresses[i].Address))
            {
                report.Error($"addresses[{i}]", $"{options.Addresses[i].Address} is listed twice", "remove one of them");
            }
        }

        var routes = new HashSet<IPNetwork>();
        for (var i = 0; i < options.Routes.Prefixes.Count; i++)
        {
            if (!routes.Add(options.Routes.Prefixes[i]))
            {
                report.Warning($"routes[{i}]", $"{options.Routes.Prefixes[i]} is listed twice", "remove one of them");
            }
        }
    }
}
