using Culvert.Engine.Loading;
using Culvert.Engine.Planning;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>The log messages of <c>culvert run</c> itself; stages log under their own ids.</summary>
internal static partial class RunLog
{
    [LoggerMessage(1, LogLevel.Information, "Running {File}: {Chain}")]
    public static partial void Running(ILogger logger, string file, string chain);

    // Numbers as objects: the library has the code for those compiled.
    [LoggerMessage(2, LogLevel.Information,
        "Inside the tunnel: MTU {Mtu}, largest TCP segment {MssIpv4} over IPv4 and {MssIpv6} over IPv6; {Lanes} lane(s).")]
    public static partial void TunnelMtu(ILogger logger, object mtu, object? mssIpv4, object? mssIpv6, object lanes);

    [LoggerMessage(3, LogLevel.Information, "Closing, as asked.")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(4, LogLevel.Information, "Closed.")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(8, LogLevel.Warning,
        "{File}: closing the pipeline and opening it again, packets are lost meanwhile: {Reasons}.")]
    public static partial void Reopening(ILogger logger, string file, string reasons);

    [LoggerMessage(9, LogLevel.Error, "{Problem}.")]
    public static partial void StartFailed(ILogger logger, string problem, Exception? bug);

    [LoggerMessage(10, LogLevel.Error, "{Text}")]
    public static partial void Diagnostic(ILogger logger, string text);

    [LoggerMessage(11, LogLevel.Warning, "Ending at once, as asked twice; what is open is closed by the system.")]
    public static partial void EndsAtOnce(ILogger logger);

    [LoggerMessage(12, LogLevel.Warning, "Ending without what has not closed in time; what is open is closed by the system.")]
    public static partial void EndsLate(ILogger logger);

    [LoggerMessage(13, LogLevel.Critical, "An exception that nobody caught in {Place} ends the process: {Error}")]
    public static partial void Crashed(ILogger logger, string place, string error, Exception? exception);

    [LoggerMessage(14, LogLevel.Error, "A task of {Place} failed and nobody looked at its result: {Error}")]
    public static partial void TaskFailed(ILogger logger, string place, string error, Exception? exception);

    [LoggerMessage(15, LogLevel.Information, "Loaded the new version of the plugin {Plugin}; its old code is unloaded.")]
    public static partial void PluginUnloaded(ILogger logger, string plugin);

    [LoggerMessage(16, LogLevel.Warning, "The old code of the plugin {Plugin} stays in memory: {Reason}.")]
    public static partial void PluginStays(ILogger logger, string plugin, string reason);

    [LoggerMessage(17, LogLevel.Information, "The report could not be written to standard output: {Error}")]
    public static partial void NoReport(ILogger logger, string error);

    [LoggerMessage(19, LogLevel.Warning,
        "A capture with secrets began: whoever reads its file can decrypt the sessions that begin meanwhile, and has this end's private key.")]
    public static partial void SecretsShared(ILogger logger);

    [LoggerMessage(20, LogLevel.Information, "The capture with secrets has ended.")]
    public static partial void SecretsUnshared(ILogger logger);

    [LoggerMessage(21, LogLevel.Warning, "A capture lacks secrets: {Problem}.")]
    public static partial void SecretsMissing(ILogger logger, string problem);

    public static void Opened(ILogger logger, PipelineFile file, PipelinePlan plan, int lanes)
    {
        Running(logger, file.Path, string.Join(" > ", plan.Stages.Select(stage => stage.Entry.Id)));
        TunnelMtu(logger, plan.Mtu.Inner, plan.Stages[0].MssIpv4, plan.Stages[0].MssIpv6, lanes);
    }
}
