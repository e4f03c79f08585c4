using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>The stage's log messages. None is logged per packet.</summary>
internal static partial class TunLog
{
    // Numbers as objects: the library has the code for those compiled.
    [LoggerMessage(1, LogLevel.Information, "device {Device} (index {Index}) is up: MTU {Mtu}, {Queues} queue(s), offloads: {Offload}")]
    public static partial void DeviceUp(ILogger logger, string device, object index, object mtu, object queues, object offload);

    [LoggerMessage(2, LogLevel.Warning, "device {Device}: the kernel refuses {Lost} ({Reason}); going on without")]
    public static partial void OffloadRefused(ILogger logger, string device, string lost, string reason);

    [LoggerMessage(3, LogLevel.Information, "device {Device}: its MTU was changed from outside to {Mtu}")]
    public static partial void DeviceMtuChanged(ILogger logger, string device, int mtu);

    [LoggerMessage(4, LogLevel.Warning,
        "device {Device}: its MTU {Mtu} is above the {Plan} bytes that the pipeline carries; larger packets are answered with 'too big'")]
    public static partial void MtuAbovePlan(ILogger logger, string device, int mtu, int plan);

    [LoggerMessage(5, LogLevel.Information, "device {Device}: MTU set to {Mtu}, as the path changed")]
    public static partial void DeviceMtuSet(ILogger logger, string device, int mtu);

    [LoggerMessage(6, LogLevel.Warning, "device {Device}: the MTU {Mtu} was refused: {Reason}; larger packets are answered with 'too big'")]
    public static partial void MtuRefused(ILogger logger, string device, int mtu, string reason);

    [LoggerMessage(7, LogLevel.Warning, "device {Device} was taken down from outside; packets for the host are dropped until it is up")]
    public static partial void DeviceDown(ILogger logger, string device);

    [LoggerMessage(8, LogLevel.Information, "device {Device} is up again")]
    public static partial void DeviceUpAgain(ILogger logger, string device);

    [LoggerMessage(9, LogLevel.Warning,
        "device {Device} has the default route, and the strict reverse path filter of {Strict} will drop what the peers send; set net.ipv4.conf.{Strict}.rp_filter=2")]
    public static partial void StrictReversePath(ILogger logger, string device, string strict);

    [LoggerMessage(10, LogLevel.Information, "device {Device}: the kernel had removed addresses and routes; set again: {Items}")]
    public static partial void DeviceItemsRestored(ILogger logger, string device, string items);

    [LoggerMessage(11, LogLevel.Warning, "device {Device}: removed from outside: {Items}; add them again with 'ip', or take them out of the file")]
    public static partial void DeviceItemsRemoved(ILogger logger, string device, string items);

    [LoggerMessage(12, LogLevel.Warning,
        "device {Device} was moved to another network namespace: packets still flow and its MTU is followed, but its addresses and routes are not")]
    public static partial void DeviceMoved(ILogger logger, string device);

    [LoggerMessage(15, LogLevel.Warning,
        "device {Device} was moved to another network namespace that the kernel does not let the program ask: packets still flow, but its MTU, addresses and routes are no longer followed")]
    public static partial void DeviceMovedOutOfSight(ILogger logger, string device);

    [LoggerMessage(13, LogLevel.Information, "device {Device} is back in this network namespace")]
    public static partial void DeviceMovedBack(ILogger logger, string device);

    [LoggerMessage(14, LogLevel.Information, "device {Before} was renamed to {Device} from outside")]
    public static partial void DeviceRenamed(ILogger logger, string before, string device);
}
