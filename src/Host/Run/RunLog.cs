using Culvert.Engine.Loading;
using Culvert.Engine.Planning;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>The log messages of <c>culvert run</c> itself; stages log under their own ids.</summary>
internal static partial class RunLog
{
    [LoggerMessage(1, LogLevel.Information, "Running {File}: {Chain}")]
    public static partial void Running(ILogger logger, string file, string chain);

    [LoggerMessage(2, LogLevel.Information,
        "Inside the tunnel: MTU {Mtu}, largest TCP segment {MssIpv4} over IPv4 and {MssIpv6} over IPv6; {Lanes} lane(s).")]
    public static partial void Inside(ILogger logger, int mtu, int? mssIpv4, int? mssIpv6, int lanes);

    [LoggerMessage(3, LogLevel.Information, "Closing, as asked.")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(4, LogLevel.Information, "Closed.")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(5, LogLevel.Information, "Reloaded {File}: kept {Kept}; new {Added}; gone {Removed}.")]
    public static partial void Reloaded(ILogger logger, string file, string kept, string added, string removed);

    [LoggerMessage(6, LogLevel.Error, "{File} has errors; the old pipeline runs on.")]
    public static partial void ReloadRefused(ILogger logger, string file);

    [LoggerMessage(7, LogLevel.Error, "The new pipeline did not start, the old one continues. {Problem}.")]
    public static partial void ReloadFailed(ILogger logger, string problem, Exception? bug);

    [LoggerMessage(8, LogLevel.Warning,
        "{File}: closing the pipeline and opening it again, packets are lost meanwhile: {Reasons}.")]
    public static partial void Reopening(ILogger logger, string file, string reasons);

    [LoggerMessage(9, LogLevel.Error, "{Problem}.")]
    public static partial void StartFailed(ILogger logger, string problem, Exception? bug);

    [LoggerMessage(10, LogLevel.Error, "{Text}")]
    public static partial void Diagnostic(ILogger logger, string text);

    public static void Opened(ILogger logger, PipelineFile file, PipelinePlan plan, int lanes)
    {
        Running(logger, file.Path, string.Join(" > ", plan.Stages.Select(stage => stage.Entry.Id)));
        Inside(logger, plan.Mtu.Inner, plan.Stages[0].MssIpv4, plan.Stages[0].MssIpv6, lanes);
    }
}
