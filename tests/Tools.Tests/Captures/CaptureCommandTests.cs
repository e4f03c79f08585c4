using Culvert.Endpoints.Captures;
using Culvert.Host.Commands;

namespace Tools.Tests.Captures;

public sealed class CaptureCommandTests
{
    [Fact]
    public void A_terminal_gets_no_bytes_but_the_remedy()
    {
        var mistake = CaptureCommand.FindMistake(new CaptureWish("icmp"), isRedirected: false);
        Assert.Contains("standard output is a terminal; write --write FILE.pcapng, or pipe it: culvert capture --write - | wireshark", mistake, StringComparison.Ordinal);
        Assert.Null(CaptureCommand.FindMistake(new CaptureWish("icmp"), isRedirected: true));
        Assert.Null(CaptureCommand.FindMistake(new CaptureWish("icmp") { Output = "a.pcapng" }, isRedirected: false));
    }

    [Fact]
    public void A_ring_needs_a_file()
    {
        var wish = new CaptureWish("") { Ring = new CaptureRing(2, 1_000_000) };
        Assert.Contains("--ring needs a file", CaptureCommand.FindMistake(wish, isRedirected: true), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--ring | 10", "--ring is '10'; write files and their size such as 10x100MB")]
    [InlineData("--count | 0", "--count is '0'; write a number from 1")]
    [InlineData("--snaplen | 70000", "--snaplen is '70000'; write a number from 16 to 65535")]
    [InlineData("--file | nowhere.yaml", "no running pipeline answers at")]
    public async Task What_is_wrong_is_reported(string words, string expected)
    {
        var (code, output, error) = await CommandLine.Run(["capture", .. words.Split(" | ")]);
        Assert.NotEqual(0, code);
        Assert.Empty(output);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_filter_is_reported_before_a_pipeline_is_asked()
    {
        var (code, _, error) = await CommandLine.Run("capture", "--write", "a.pcapng", "tcp prt 80");
        Assert.Equal(2, code);
        Assert.Contains("prt", error, StringComparison.Ordinal);
    }
}
