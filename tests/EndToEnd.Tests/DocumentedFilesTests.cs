using System.Diagnostics;
using System.Text.RegularExpressions;

namespace EndToEnd.Tests;

/// <summary>The files that the documentation shows are files that pass <c>culvert check</c>.</summary>
public sealed partial class DocumentedFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-docs-");

    [Fact]
    public void The_README_shows_the_pipeline_yaml_that_lies_beside_it() =>
        Assert.Equal(WithoutComments(Read("pipeline.yaml")), WithoutComments(YamlIn("README.md").Single()));

    [Fact]
    public void The_pipeline_yaml_passes_check() => AssertPasses(Read("pipeline.yaml"));

    [Fact]
    public void The_tutorials_file_passes_check_with_a_key_in_it()
    {
        const string someKey = "KwnzcDet9zZtUyYLTiFB+diz3cU2wl8HHWhZTQVq3zo=";
        AssertPasses(YamlIn("docs/tutorial/getting-started.md").Single().Replace("PUBLIC-KEY-OF-RIGHT", someKey, StringComparison.Ordinal));
    }

    [Fact]
    public void The_files_of_the_reference_pass_check() => Assert.All(YamlIn("docs/reference/pipeline-yaml.md"), AssertPasses);

    [Fact]
    public void The_files_of_the_page_about_Linux_pass_check() => Assert.All(YamlIn("docs/platforms/linux.md"), AssertPasses);

    [Fact]
    public void The_tests_of_the_pipeline_yaml_pass() => AssertRuns(Path.Combine(CulvertProgram.Root, "pipeline.test.yaml"));

    [Theory]
    [InlineData("docs/reference/test-files.md")]
    [InlineData("plugins/Capture/README.md")]
    [InlineData("plugins/ChecksumGuard/README.md")]
    [InlineData("plugins/Dscp/README.md")]
    [InlineData("plugins/Encrypt/README.md")]
    [InlineData("plugins/MssClamp/README.md")]
    [InlineData("plugins/Nat/README.md")]
    [InlineData("plugins/Plaintext/README.md")]
    [InlineData("plugins/Police/README.md")]
    [InlineData("plugins/StatefulFilter/README.md")]
    [InlineData("plugins/Transport.Tcp/README.md")]
    [InlineData("plugins/Transport.Udp/README.md")]
    [InlineData("plugins/Tun.Linux/README.md")]
    [InlineData("plugins/Tun.Windows/README.md")]
    public void The_test_files_of_a_page_pass(string page)
    {
        var files = YamlIn(page).Where(yaml => yaml.Contains("\ntests:", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(files);
        foreach (var (number, yaml) in files.Index())
        {
            var file = Path.Combine(_folder.FullName, $"{number}.test.yaml");
            File.WriteAllText(file, yaml);
            AssertRuns(file);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Read(string path) => File.ReadAllText(Path.Combine(CulvertProgram.Root, path));

    private static IEnumerable<string> YamlIn(string page) => YamlBlock().Matches(Read(page)).Select(block => block.Groups["yaml"].Value);

    private static string[] WithoutComments(string yaml) =>
        [.. yaml.Split('\n').Select(line => Comment().Replace(line, "").TrimEnd()).Where(line => line.Length > 0)];

    private RunningProgram Culvert(params string[] arguments)
    {
        var start = CulvertProgram.StartInfo(arguments);
        start.Environment["CREDENTIALS_DIRECTORY"] = _folder.FullName;
        _folder.CreateSubdirectory("peers.d");
        return new RunningProgram(Process.Start(start)!);
    }

    private void AssertRuns(string file)
    {
        using var test = Culvert("test", file);
        Assert.True(test.WaitForExit() == 0, test.Said);
        Assert.Matches("[1-9][0-9]* passed, 0 failed\n$", test.Output);
    }

    private void AssertPasses(string yaml)
    {
        using (var keygen = Culvert("keygen"))
        {
            keygen.WaitForExit();
            var key = Path.Combine(_folder.FullName, "site.key");
            File.WriteAllText(key, keygen.Output);
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var file = Path.Combine(_folder.FullName, "pipeline.yaml");
        File.WriteAllText(file, yaml);
        using var check = Culvert("check", file);
        Assert.True(check.WaitForExit() == 0, check.Said);
    }

    [GeneratedRegex("^```yaml\n(?<yaml>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex YamlBlock();

    [GeneratedRegex("(^| +)#.*$")]
    private static partial Regex Comment();
}
