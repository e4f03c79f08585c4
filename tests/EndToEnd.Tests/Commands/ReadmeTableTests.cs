using System.Diagnostics;
using System.Text.RegularExpressions;

namespace EndToEnd.Tests.Commands;

/// <summary>The option tables of the plugins' READMEs are those that <c>culvert stages NAME --format md</c> prints.</summary>
public sealed class ReadmeTableTests
{
    [Theory]
    [InlineData("Capture", "capture")]
    [InlineData("ChecksumGuard", "checksum-guard")]
    [InlineData("Dscp", "dscp")]
    [InlineData("Encrypt", "encrypt")]
    [InlineData("MssClamp", "mss-clamp")]
    [InlineData("Nat", "nat")]
    [InlineData("Plaintext", "plaintext")]
    [InlineData("Police", "police")]
    [InlineData("StatefulFilter", "filter")]
    [InlineData("Transport.Tcp", "tcp")]
    [InlineData("Transport.Udp", "udp")]
    [InlineData("Tun.Linux", "tun")]
    [InlineData("Tun.Windows", "tun")]
    public void The_table_is_what_the_program_prints(string plugin, string stage)
    {
        var readme = File.ReadAllText(Path.Combine(CulvertProgram.Root, "plugins", plugin, "README.md"));
        using var stages = Run("stages", stage, "--format", "md");

        Assert.Equal((0, ""), (stages.WaitForExit(), stages.Error));
        var table = Regex.Match(readme, $"^<!-- culvert stages {stage} --format md -->\n\n(.*?)\n<!-- end of the options -->$", RegexOptions.Multiline | RegexOptions.Singleline);
        Assert.Equal(stages.Output, table.Groups[1].Value);
    }

    [Fact]
    public void Markdown_needs_a_stage()
    {
        using var stages = Run("stages", "--format", "md");

        Assert.Equal(2, stages.WaitForExit());
        Assert.Contains("--format md: missing NAME", stages.Error, StringComparison.Ordinal);
    }

    private static RunningProgram Run(params string[] arguments) => new(Process.Start(CulvertProgram.StartInfo(arguments))!);
}
