using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>
/// The log of a running pipeline: one line an event, to standard error, and where it runs as a service to the system's log too.
/// </summary>
internal static class LogOutput
{
    public static ILoggerFactory Create(LogLevel least) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(least);
        RunLifetime.AddServiceLog(logging);
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddSimpleConsole(line =>
        {
            line.SingleLine = true;
            line.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
            line.UseUtcTimestamp = false;
        });
    });
}
