using Culvert.Host.Output;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Culvert.Host.Run;

/// <summary>
/// The log of a running pipeline: one line an event, to standard error, and where it runs as a service to the system's log too. Put
/// together here and not by <c>AddConsole</c>, which brings dependency injection, a configuration that is empty and a format in JSON:
/// 1 MB in every end.
/// </summary>
internal static class LogOutput
{
    /// <summary>Creates it.</summary>
    /// <param name="least">The least level that is logged.</param>
    /// <param name="format">Null for the journal's where standard error is the journal's, else text.</param>
    /// <param name="events">Receives every event from level information on; null for nobody.</param>
    public static ILoggerFactory Create(LogLevel least, LogFormat? format = null, EventFeed? events = null)
    {
        ConsoleFormatter lines = format == LogFormat.Json
            ? new LogObjects()
            : new LogLines(Colours.For(Console.Error), format == LogFormat.Journal || (format is null && JournalStream.IsStandardError));
        var options = new ConsoleLoggerOptions { FormatterName = lines.Name, LogToStandardErrorThreshold = LogLevel.Trace };
        var filter = new LoggerFilterOptions { MinLevel = least };
        filter.Rules.Add(new LoggerFilterRule(typeof(EventFeed).FullName, null, LogLevel.Information, null));
        var logging = new LoggerFactory(events is null ? [] : [events], filter);
        RunLifetime.AddServiceLog(logging);
        logging.AddProvider(new LimitedLog(new ConsoleLoggerProvider(new Unchanging(options), [lines]), TimeProvider.System));
        return new EventLoggers(logging);
    }

    /// <summary>Options that nothing changes while the process runs.</summary>
    private sealed class Unchanging(ConsoleLoggerOptions options) : IOptionsMonitor<ConsoleLoggerOptions>
    {
        public ConsoleLoggerOptions CurrentValue => options;

        public ConsoleLoggerOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<ConsoleLoggerOptions, string?> listener) => null;
    }
}
