using System.Net;
using System.Net.Sockets;
using Culvert.Endpoints;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Plugins.Tun.Linux.Links;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>Why the stage cannot start, and what to do about it: all the texts.</summary>
internal static class TunStartError
{
    /// <summary>The device node of TUN queues.</summary>
    public const string DeviceNode = "/dev/net/tun";

    private const string Rights =
        "run as root, give the process CAP_NET_ADMIN, or let root create the device beforehand for this user "
        + "('ip tuntap add dev NAME mode tun user USER'); see docs/platforms/linux.md";

    private const string MakeNode = $"remove it and create the node of the TUN driver: 'mknod -m 0666 {DeviceNode} c 10 200'";

    public static StageStartException NoDeviceNode(int errno) => new(
        $"cannot open {DeviceNode}: {Errno.Text(errno)}",
        "load the kernel module ('modprobe tun'); in a container, pass the device in ('--device /dev/net/tun')",
        new IOException(Errno.Text(errno)));

    // Opening the node takes the permission of a file; CAP_NET_ADMIN is for what comes after it.
    public static StageStartException NodeNotOpened(int errno) => new(
        $"cannot open {DeviceNode}: {Errno.Text(errno)}",
        errno switch
        {
            Errno.EACCES or Errno.EPERM => $"let this user read and write it ('chmod 0666 {DeviceNode}', or a udev rule) beside having CAP_NET_ADMIN, "
                + "or run as root; see docs/platforms/linux.md",
            Errno.EISDIR => MakeNode,
            _ => "look at the system's limits and its log",
        },
        new IOException(Errno.Text(errno)));

    public static StageStartException QueueRefused(string device, bool manyQueues, LinkState? existing, int errno)
    {
        var (reason, remedy) = errno switch
        {
            Errno.EPERM or Errno.EACCES => ("permission denied", Rights),
            Errno.EBUSY => (
                "the name is in use by another program's device",
                "stop that program, or give 'device' another name"),
            Errno.EINVAL when existing is not null => (
                "the name is taken by a device that is no TUN device" + (manyQueues ? ", or none with several queues" : ", or one with several queues"),
                manyQueues
                    ? "give 'device' another name, or create the device with 'ip tuntap add … mode tun multi_queue'"
                    : "give 'device' another name, or create the device without 'multi_queue'"),
            Errno.EINVAL => ("the kernel finds the name invalid", "give 'device' a name of 1 to 15 letters and digits"),
            Errno.ENOTTY => ($"{DeviceNode} is not the node of the TUN driver", MakeNode),
            _ => (Errno.Text(errno), "look at the kernel's log"),
        };
        return new($"cannot create the device '{device}': {reason}", remedy, new IOException(Errno.Text(errno)));
    }

    public static StageStartException NoVirtioHeader(string device, int errno) => new(
        $"the device '{device}' takes no virtio header of {VirtioNet.Header.Size} bytes: {Errno.Text(errno)}",
        "use a kernel with TUN support of 2.6.32 or later",
        new IOException(Errno.Text(errno)));

    public static StageStartException NotSetUp(string device, NetlinkException error) => new(
        $"cannot set up the device '{device}': {error.Message}",
        error.Errno is Errno.EPERM ? Rights : "look at the kernel's log",
        error);

    public static StageStartException MtuRefused(string device, int mtu, NetlinkException error) => new(
        $"cannot set the MTU of '{device}' to {mtu}: {error.Message}",
        error.Errno is Errno.EPERM ? Rights : "give 'mtu' a number from 68 to 65535, and from 1280 where IPv6 is used",
        error);

    public static StageStartException AddressTaken(InterfaceAddress address, string owner) => new(
        $"the address {address.Address} is taken: '{owner}' has it",
        $"give another address in 'addresses', or take it from '{owner}' ('ip address del {address} dev {owner}')");

    public static StageStartException AddressRefused(InterfaceAddress address, string device, NetlinkException error)
    {
        var remedy = error.Errno switch
        {
            Errno.EPERM => Rights,
            _ when address.IsIpv6 => "see that IPv6 is on ('sysctl net.ipv6.conf.all.disable_ipv6' is 0) and the MTU at least 1280, or leave the address out",
            _ => "give an address that a device may have",
        };
        return new($"cannot give '{device}' the address {address}: {error.Message}", remedy, error);
    }

    public static StageStartException RouteTaken(DeviceRoute route, string? owner) => new(
        $"the route {route.Prefix}{InTable(route.Table)} is taken: it leads {(owner is null ? "elsewhere" : $"to '{owner}'")} already",
        route switch
        {
            { Table: not RouteTable.Main } => "give 'table' or the network endpoint's 'fwmark' another number, or remove the other route",
            { Prefix.PrefixLength: 0 } =>
                "set 'fwmark: 51820' at the network endpoint, which gives the tunnel's default route a table of its own, or list the two halves "
                + "(0.0.0.0/1 and 128.0.0.0/1, or ::/1 and 8000::/1) and add a longer route past the tunnel to each peer's endpoint",
            _ => "take the prefix out of 'routes', or remove the other route",
        });

    public static StageStartException RulesRefused(DefaultRouteRules rules, NetlinkException error) => new(
        $"cannot set the policy rules of the default route (fwmark {rules.Mark}): {error.Message}",
        error.Errno switch
        {
            Errno.EPERM => Rights,
            Errno.EEXIST => "remove a rule ('ip rule'), or list the two halves of the default route in 'routes'",
            _ => "use a kernel with CONFIG_IP_MULTIPLE_TABLES, or list the two halves of the default route in 'routes'",
        },
        error);

    private static string InTable(uint table) => table == RouteTable.Main ? "" : $" of table {table}";

    public static StageStartException RouteRefused(IPNetwork prefix, string device, NetlinkException error) => new(
        $"cannot route {prefix} into '{device}': {error.Message}",
        error.Errno switch
        {
            Errno.EPERM => Rights,
            _ when prefix.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 =>
                "see that IPv6 is on ('sysctl net.ipv6.conf.all.disable_ipv6' is 0) and the MTU at least 1280, or leave the prefix out",
            _ => "give prefixes that a device may be routed, each without host bits",
        },
        error);
}
