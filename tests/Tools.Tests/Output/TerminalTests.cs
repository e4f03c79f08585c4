using Culvert.Host.Output;

namespace Tools.Tests.Output;

/// <summary>What only a person at a terminal sees: colours and the progress bar.</summary>
public sealed class TerminalTests
{
    [Fact]
    public void ColoursAreForATerminalOnly()
    {
        Assert.Equal("\u001b[31mbad\u001b[0m", new Colours(enabled: true).Red("bad"));
        Assert.Equal("bad", new Colours(enabled: false).Red("bad"));
        using var text = new StringWriter();
        Assert.Equal("bad", Colours.For(text).Yellow("bad"));
    }

    [Theory]
    [InlineData(0, "[..............................] 0 %  0 packets, 0/s")]
    [InlineData(500, "[###############...............] 50 %  2,000 packets, 1,000/s")]
    [InlineData(1000, "[##############################] 100 %  4,000 packets, 2,000/s")]
    [InlineData(2000, "[##############################] 100 %  8,000 packets, 4,000/s")]
    public void TheBarSaysHowFarItIs(long position, string line) =>
        Assert.Equal(line, ProgressBar.Line(position, 1000, position * 4, TimeSpan.FromSeconds(2)));

    [Fact]
    public void NoBarIsShownWhereNobodyLooks()
    {
        using var text = new StringWriter();
        using (var bar = ProgressBar.For(text, Environment.ProcessPath!))
        {
            bar.Show(1, 1);
        }

        Assert.Empty(text.ToString());
    }
}
