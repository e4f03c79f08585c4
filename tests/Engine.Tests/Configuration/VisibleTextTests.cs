using Culvert.Engine.Diagnostics;

namespace Engine.Tests.Configuration;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("→ größer 10 µs 漢字 🙂", "→ größer 10 µs 漢字 🙂")]
    [InlineData("\u001b]0;title\u0007", "\\u001b]0;title\\u0007")]
    [InlineData("\u009b31m\u007f", "\\u009b31m\\u007f")]
    [InlineData("over\rwritten", "over\\u000dwritten")]
    [InlineData("a\u200fb\u202ec\ufeff\u2028", "a\\u200fb\\u202ec\\ufeff\\u2028")]
    [InlineData("tag \U000e0041", "tag \\U000e0041")]
    public void What_a_terminal_obeys_is_shown(string text, string expected)
    {
        Assert.Equal(expected, VisibleText.Escape(text));
        Assert.Equal(expected, VisibleText.EscapeLine(text));
    }

    [Fact]
    public void Lines_are_kept_where_there_may_be_several()
    {
        Assert.Equal("a\n\tb\r\nc", VisibleText.Escape("a\n\tb\r\nc"));
        Assert.Equal("a\\u000a\\u0009b", VisibleText.EscapeLine("a\n\tb"));
    }

    [Fact]
    public void A_diagnostic_stays_on_one_line()
    {
        var diagnostic = new Diagnostic(DiagnosticCodes.UnknownKey, new SourcePosition("a.yaml"), "unknown key 'x\ny\u001b[2J'", "remove\nit");
        Assert.Equal("a.yaml: error CV1101: unknown key 'x\\u000ay\\u001b[2J'; remove\\u000ait", diagnostic.ToString());
    }
}
