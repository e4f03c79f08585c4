using Culvert.Engine.Diagnostics;
using Culvert.Host.Output;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>
/// One line an event: <c>2026-01-31 12:00:00.000+01:00 info: udp[3] What happened.</c>; an exception follows on the same line. To the journal
/// <c>&lt;6&gt;udp[3] What happened.</c>, with the priority that sd-daemon(3) names; the journal adds the time. What could be a key is masked.
/// </summary>
internal sealed class LogLines : ConsoleFormatter
{
    /// <summary>The name by which the console's options choose it.</summary>
    public const string FormatName = "culvert";

    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.fffzzz ";

    private readonly Colours _colours;
    private readonly bool _toJournal;

    /// <param name="colours">For the level's word.</param>
    /// <param name="toJournal">Whether lines go to systemd's journal.</param>
    public LogLines(Colours colours, bool toJournal)
        : base(FormatName) => (_colours, _toJournal) = (colours, toJournal);

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter) =>
        WriteLine(
            textWriter, logEntry.LogLevel, logEntry.Category, logEntry.EventId.Id, logEntry.Formatter(logEntry.State, logEntry.Exception),
            logEntry.Exception);

    private void WriteLine(TextWriter writer, LogLevel level, string category, int id, string message, Exception? exception)
    {
        if (_toJournal)
        {
            writer.Write(JournalStream.Prefix(level));
        }
        else
        {
            writer.Write(DateTimeOffset.Now.ToString(TimeFormat));
            writer.Write(Word(level) + ": ");
        }

        writer.Write($"{category}[{id}] {OneLine(message)}");
        writer.WriteLine(exception is null ? "" : " " + OneLine(exception.ToString()));
    }

    private static string OneLine(string text) => VisibleText.EscapeLine(SecretMask.Apply(text.Replace(Environment.NewLine, " ")));

    private string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => _colours.Green("info"),
        LogLevel.Warning => _colours.Yellow("warn"),
        LogLevel.Error => _colours.Red("fail"),
        _ => _colours.Red("crit"),
    };
}
