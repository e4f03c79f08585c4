using Culvert.Host.Output;
using Culvert.Host.Run;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tools.Tests.Output;

public sealed class LogLinesTests
{
    [Theory]
    [InlineData(LogLevel.Trace, "trce")]
    [InlineData(LogLevel.Debug, "dbug")]
    [InlineData(LogLevel.Information, "info")]
    [InlineData(LogLevel.Warning, "warn")]
    [InlineData(LogLevel.Error, "fail")]
    [InlineData(LogLevel.Critical, "crit")]
    public void An_event_is_one_line(LogLevel level, string word) =>
        Assert.Matches(
            $@"^\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{{3}}[+-]\d\d:\d\d {word}: udp\[3\] The first line, the second\.\n$",
            Line(level, "The first line,\nthe second.", null));

    [Fact]
    public void An_exception_follows_on_the_same_line() =>
        Assert.EndsWith(
            " fail: udp[3] It broke. System.IO.IOException: gone  ---> System.Exception: why    --- End of inner exception stack trace ---\n",
            Line(LogLevel.Error, "It broke.", new IOException("gone", new Exception("why"))));

    [Fact]
    public void Only_the_name_of_the_level_is_colored() =>
        Assert.Contains(" \u001b[33mwarn\u001b[0m: udp[3] Beware.", Line(LogLevel.Warning, "Beware.", null, colours: true));

    [Theory]
    [InlineData(LogLevel.Debug, 7)]
    [InlineData(LogLevel.Information, 6)]
    [InlineData(LogLevel.Warning, 4)]
    [InlineData(LogLevel.Error, 3)]
    [InlineData(LogLevel.Critical, 2)]
    public void The_journal_gets_a_priority_and_no_time(LogLevel level, int priority) =>
        Assert.Equal($"<{priority}>udp[3] One line.\n", Line(level, "One\nline.", null, toJournal: true));

    [Fact]
    public void What_could_be_a_key_is_masked_in_messages_and_exceptions()
    {
        const string Key = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";
        var line = Line(LogLevel.Error, $"Cannot resolve '{Key}:51820'.", new IOException($"no file /etc/{Key}"));
        Assert.DoesNotContain(Key[..12], line);
        Assert.Contains("Cannot resolve '(not shown: may be a key):51820'.", line);
    }

    private static string Line(LogLevel level, string message, Exception? exception, bool colours = false, bool toJournal = false)
    {
        var writer = new StringWriter { NewLine = "\n" };
        var entry = new LogEntry<string>(level, "udp", new EventId(3), message, exception, (state, _) => state);
        new LogLines(new Colours(colours), toJournal).Write(entry, null, writer);
        return writer.ToString();
    }
}
