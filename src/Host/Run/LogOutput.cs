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
    public static ILoggerFactory Create(LogLevel least)
    {
        var options = new ConsoleLoggerOptions { FormatterName = LogLines.FormatName, LogToStandardErrorThreshold = LogLevel.Trace };
        var lines = new LogLines(Colours.For(Console.Error), JournalStream.IsStandardError);
        var logging = new LoggerFactory([], new LoggerFilterOptions { MinLevel = least });
        RunLifetime.AddServiceLog(logging);
        logging.AddProvider(new ConsoleLoggerProvider(new Unchanging(options), [lines]));
        return logging;
    }

    /// <summary>Options that nothing changes while the process runs.</summary>
    private sealed class Unchanging(ConsoleLoggerOptions options) : IOptionsMonitor<ConsoleLoggerOptions>
    {
        public ConsoleLoggerOptions CurrentValue => options;

        public ConsoleLoggerOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<ConsoleLoggerOptions, string?> listener) => null;
    }
}
