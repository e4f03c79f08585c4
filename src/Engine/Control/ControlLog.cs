using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Control;

/// <summary>The log messages of the control socket and the metrics.</summary>
internal static partial class ControlLog
{
    [LoggerMessage(1, LogLevel.Warning, "No control socket ({Reason}): 'culvert status' cannot ask this pipeline.")]
    public static partial void NoSocket(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The control socket is broken ({Reason}): 'culvert status' cannot ask this pipeline any more.")]
    public static partial void Broken(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Debug, "A request over the control socket was not answered to its end: {Reason}")]
    public static partial void Unanswered(ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Information, "Metrics at {Url}")]
    public static partial void Metrics(ILogger logger, string url);

    [LoggerMessage(5, LogLevel.Warning, "No metrics at {Url} ({Reason}); the pipeline runs without.")]
    public static partial void NoMetrics(ILogger logger, string url, string reason);

    [LoggerMessage(6, LogLevel.Warning, "A request for metrics was not answered.")]
    public static partial void NoAnswer(ILogger logger, Exception error);
}
