using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>The stage's log messages.</summary>
internal static partial class TunLog
{
    [LoggerMessage(1, LogLevel.Information, "Adapter '{Device}' is up: MTU {Mtu}, Wintun driver {Version}.")]
    public static partial void DeviceUp(ILogger logger, string device, int mtu, string version);

    [LoggerMessage(2, LogLevel.Information, "An adapter '{Device}' exists already, left over or created by hand; it is used.")]
    public static partial void Reused(ILogger logger, string device);

    [LoggerMessage(3, LogLevel.Information, "The MTU of '{Device}' is now {Mtu}.")]
    public static partial void DeviceMtuSet(ILogger logger, string device, int mtu);

    [LoggerMessage(4, LogLevel.Information, "The MTU of '{Device}' was set to {Mtu} from outside; the pipeline follows.")]
    public static partial void DeviceMtuChanged(ILogger logger, string device, int mtu);

    [LoggerMessage(5, LogLevel.Warning, "The MTU of '{Device}' cannot be set to {Mtu}: {Reason}.")]
    public static partial void MtuRefused(ILogger logger, string device, int mtu, string reason);

    [LoggerMessage(6, LogLevel.Warning, "{What} of '{Device}' could not be taken back: {Reason}.")]
    public static partial void NotUndone(ILogger logger, string device, string what, string reason);

    [LoggerMessage(7, LogLevel.Warning, "The signature of {Path} is not verified, as the file says; this is for test doubles only.")]
    public static partial void Unverified(ILogger logger, string path);

    [LoggerMessage(8, LogLevel.Information, "Wintun: {Message}")]
    public static partial void DriverSays(ILogger logger, string message);

    [LoggerMessage(9, LogLevel.Warning, "Wintun: {Message}")]
    public static partial void DriverWarns(ILogger logger, string message);

    [LoggerMessage(10, LogLevel.Error, "Wintun: {Message}")]
    public static partial void DriverFails(ILogger logger, string message);
}
