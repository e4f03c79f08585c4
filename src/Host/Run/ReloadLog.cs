using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

// The report is for programs that follow the events: docs/reference/events.md.
#pragma warning disable SYSLIB1015

namespace Culvert.Host.Run;

/// <summary>The results of reloads in the log; each has the reload's report as a field, that of <c>culvert reload --format json</c>.</summary>
internal static partial class ReloadLog
{
    [LoggerMessage(5, LogLevel.Information, "Reloaded {File}: kept {Kept}; changed {Changed}; added {Added}; removed {Removed}.")]
    public static partial void Reloaded(ILogger logger, string file, string kept, string changed, string added, string removed, JsonObject report);

    [LoggerMessage(6, LogLevel.Error, "{File} has errors; the running pipeline is unchanged.")]
    public static partial void ReloadRefused(ILogger logger, string file, JsonObject report);

    [LoggerMessage(7, LogLevel.Error, "The new pipeline did not start, the old one continues. {Problem}.")]
    public static partial void ReloadFailed(ILogger logger, string problem, JsonObject report, Exception? bug);

    [LoggerMessage(18, LogLevel.Information, "{File}: the pipeline was opened again.")]
    public static partial void Reopened(ILogger logger, string file, JsonObject report);
}
