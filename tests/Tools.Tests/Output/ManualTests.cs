using Culvert.Packaging.Manuals;

namespace Tools.Tests.Output;

/// <summary>The manual pages that packages install.</summary>
public sealed class ManualTests
{
    private static readonly DateTimeOffset _date = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_command_has_a_page_with_its_options()
    {
        var pages = CommandPages.Create(_date).ToDictionary(page => page.Name);

        Assert.Equal(
            Culvert.Host.Program.Commands.Select(command => command.Create()).Where(command => !command.Hidden).Select(command => "culvert-" + command.Name).Append("culvert").Order(),
            pages.Keys.Order());
        var run = pages["culvert-run"].ToString();
        Assert.StartsWith(".TH \"CULVERT\\-RUN\" 1 2026-01-02 Culvert \"Culvert manual\"\n.SH \"NAME\"\nculvert\\-run \\- ", run, StringComparison.Ordinal);
        Assert.Contains("\\fB\\-\\-inspect N\\fR", run, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_of_the_file_has_its_keys_and_every_stages()
    {
        var page = PipelinePage.Create(CommandLine.Plugins, _date).ToString();

        Assert.Contains("\\fBbusy\\-poll\\fR", page, StringComparison.Ordinal);
        Assert.Contains(".SS \"mss\\-clamp\"", page, StringComparison.Ordinal);
        Assert.Contains("private\\-key\\-file", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_cannot_become_a_request()
    {
        var page = new RoffPage("x", 1, "y", _date).Paragraph(".so /etc/passwd \\fB\"").Verbatim("'br\n  .br").ToString();

        Assert.EndsWith(
            ".PP\n\\&.so /etc/passwd \\efB\\(dq\n.PP\n.nf\n.RS 4\n\\&'br\n  .br\n.RE\n.fi\n", page, StringComparison.Ordinal);
    }
}
