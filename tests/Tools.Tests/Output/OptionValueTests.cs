namespace Tools.Tests.Output;

/// <summary>Wrong values of options, unknown options and empty arguments: what is printed says what to write, and names no type of the program.</summary>
public sealed class OptionValueTests
{
    [Theory]
    [InlineData("--log-format is 'xml'; write text, json or journal", "run", "--log-format", "xml")]
    [InlineData("--log-level is 'loud'; write trace, debug, information, warning or error", "run", "--log-level", "loud")]
    [InlineData("--log-level is '2'; write trace, debug, information, warning or error", "wg", "--log-level", "2", "wg0")]
    [InlineData("--format is 'xml'; write text or json", "check", "--format", "xml")]
    [InlineData("--format is 'xml'; write text or md", "stages", "--format", "xml")]
    [InlineData("--format is 'xml'; write text, json or junit", "test", "--format", "xml")]
    [InlineData("--peers is 'some'; write top, all or none", "status", "--peers", "some")]
    [InlineData("--direction is 'up'; write outbound or inbound", "replay", "--in", "a.pcap", "--direction", "up")]
    [InlineData("--inspect is 'often'; write a number from 1 to 2147483647", "run", "--inspect", "often")]
    [InlineData("--inspect is '0'; write a number from 1 to 2147483647", "run", "--inspect", "0")]
    [InlineData("--interval is 'NaN'; write a number from 0.1 to 3600", "top", "--interval", "NaN")]
    [InlineData("--count is '0'; write a number from 1 to 2147483647", "top", "--count", "0")]
    [InlineData("--count is '0'; write a number from 1 to 100000", "trace", "--count", "0")]
    [InlineData("--seconds is '-1'; write a number from 0.1 to 3600", "trace", "--seconds", "-1")]
    [InlineData("--seed is 'x'; write a number from -2147483648 to 2147483647", "replay", "--in", "a.pcap", "--twin", "--seed", "x")]
    [InlineData("'--frmat' is not an option of 'culvert check'; 'culvert check --help' lists them", "check", "--frmat", "json")]
    [InlineData("'--frmat' is not an option of 'culvert diff'; 'culvert diff --help' lists them", "diff", "a", "b", "--in", "c", "--frmat")]
    [InlineData("'-x' is not an option of 'culvert run'; 'culvert run --help' lists them", "run", "-x")]
    [InlineData("culvert check: FILE is empty; write a value or leave it out", "check", "")]
    [InlineData("culvert diff: --in is empty; write a value or leave it out", "diff", "a", "b", "--in", "")]
    public async Task A_wrong_value_is_reported_with_what_to_write(string message, params string[] arguments)
    {
        var (code, output, error) = await CommandLine.Run(arguments);

        Assert.Equal((2, ""), (code, output));
        Assert.Equal(message, error.TrimEnd('\n'));
    }

    [Fact]
    public async Task A_file_behind_two_hyphens_may_begin_with_hyphens()
    {
        var (_, _, error) = await CommandLine.Run("check", "--", "--odd.yaml");
        Assert.StartsWith("--odd.yaml: error CV1001", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "--log-level <trace|debug|information|warning|error>")]
    [InlineData("run", "--log-format <text|json|journal>")]
    [InlineData("status", "--peers <top|all|none>")]
    public async Task Help_shows_the_values_as_they_are_written(string command, string usage)
    {
        var (_, output, _) = await CommandLine.Run("help", command);

        Assert.Contains(usage, output, StringComparison.Ordinal);
        Assert.DoesNotContain("[default: Top]", output, StringComparison.Ordinal);
    }
}
