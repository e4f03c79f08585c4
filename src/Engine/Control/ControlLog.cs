using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Control;

/// <summary>The log messages of the control socket and the HTTP server.</summary>
internal static partial class ControlLog
{
    [LoggerMessage(41, LogLevel.Warning, "No control socket ({Reason}): 'culvert status' cannot reach this pipeline.")]
    public static partial void NoSocket(ILogger logger, string reason);

    [LoggerMessage(42, LogLevel.Information, "Control socket {Path}")]
    public static partial void Socket(ILogger logger, string path);

    [LoggerMessage(44, LogLevel.Information, "Metrics at {Url}")]
    public static partial void Metrics(ILogger logger, string url);

    [LoggerMessage(45, LogLevel.Warning, "No metrics at {Url} ({Reason}); the pipeline runs without.")]
    public static partial void NoMetrics(ILogger logger, string url, string reason);

    [LoggerMessage(46, LogLevel.Warning, "A request for {Path} was not answered.")]
    public static partial void NoAnswer(ILogger logger, string path, Exception error);
}
