using Microsoft.Extensions.Logging;

namespace Culvert.Host.Hardening;

/// <summary>The log messages of the sandbox.</summary>
internal static partial class SandboxLog
{
    [LoggerMessage(30, LogLevel.Information, "Sandbox on; capabilities kept: {Capabilities}.")]
    public static partial void SandboxOn(ILogger logger, string capabilities);

    [LoggerMessage(31, LogLevel.Warning, "No filter for system calls: {Reason}. Set 'sandbox: false' to run without one.")]
    public static partial void NoFilter(ILogger logger, string reason);

    [LoggerMessage(32, LogLevel.Warning, "Capabilities not reduced: {Reason}. Set 'sandbox: false' to run with all of them.")]
    public static partial void CapabilitiesKept(ILogger logger, string reason);

    [LoggerMessage(33, LogLevel.Warning, "The sandbox cannot be turned off while the process runs; restart it for 'sandbox: false'.")]
    public static partial void SandboxStaysOn(ILogger logger);

    [LoggerMessage(34, LogLevel.Warning,
        "{File} is not readable without the capabilities that were dropped: a reload will fail. Give the file to the user that runs Culvert, or set 'sandbox: false'.")]
    public static partial void FileOutOfReach(ILogger logger, string file);
}
