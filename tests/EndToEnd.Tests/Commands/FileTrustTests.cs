using System.Diagnostics;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.Commands;

/// <summary>As root, nothing is obeyed that another user could change.</summary>
public sealed class FileTrustTests : IDisposable
{
    private const string Nobody = "65534";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-trust-");

    private string Root => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("chmod 1777 .")]
    [InlineData("chmod 1777 . site")]
    [InlineData("chgrp 65534 site/pipeline.yaml && chmod 640 site/pipeline.yaml")]
    [InlineData("mv site elsewhere && ln -s elsewhere site")]
    [InlineData("chown -R 65534 site", Nobody)]
    [InlineData("chown -R 65534:65534 site && chmod -R g+w site", Nobody)]
    public void A_file_that_only_root_or_the_caller_of_sudo_can_change_is_obeyed(string setUp, string? caller = null)
    {
        var checking = Check(setUp, caller);
        Assert.True(checking.ExitCode == 0, checking.Error);
    }

    [Theory]
    [InlineData("chmod 664 site/pipeline.yaml", "other users may write 'site/pipeline.yaml'", "chmod go-w site/pipeline.yaml")]
    [InlineData("chmod 646 site/pipeline.yaml", "other users may write 'site/pipeline.yaml'", "chmod go-w site/pipeline.yaml")]
    [InlineData("chmod 777 site", "other users may write 'site'", "chmod go-w site")]
    [InlineData("chmod 775 site", "other users may write 'site'", "chmod go-w site")]
    [InlineData("chmod 777 .", "other users may write '.'", "chmod go-w .")]
    [InlineData("chown 65534 site/pipeline.yaml", "'site/pipeline.yaml' belongs to user 65534", "chown root site/pipeline.yaml")]
    [InlineData("chown 65534 site", "'site' belongs to user 65534", "chown root site")]
    [InlineData("mkdir a && mv site a/b && ln -s a/b site && chmod 777 a", "other users may write 'a'", "chmod go-w a")]
    [InlineData("mv site a && ln -s a site && chown -h 65534 site", "'site' belongs to user 65534", "chown -h root site")]
    [InlineData("chown -R 65534 site", "'site' belongs to user 65534", "chown root site", "1000")]
    [InlineData("chmod 664 site/pipeline.yaml", "other users may write 'site/pipeline.yaml'", "chmod go-w site/pipeline.yaml", Nobody)]
    public void A_file_that_another_user_could_change_is_refused(string setUp, string problem, string remedy, string? caller = null)
    {
        var checking = Check(setUp, caller);
        Assert.Equal((2, ""), (checking.ExitCode, checking.Output));
        AssertSays(checking.Error, "CV1007", problem, remedy);
    }

    [Theory]
    [InlineData("plugins", "", null)]
    [InlineData("plugins/Odd/Odd.dll", "", null)]
    [InlineData("plugins", "chmod 777 plugins", "other users may write 'plugins'")]
    [InlineData("plugins", "chmod 1777 plugins", "other users may add files to 'plugins'")]
    [InlineData("plugins", "chmod 1777 plugins/Odd", "other users may add files to 'plugins/Odd'")]
    [InlineData("plugins", "chmod 666 plugins/Odd/Odd.dll", "other users may write 'plugins/Odd/Odd.dll'")]
    [InlineData("plugins/Odd", "touch plugins/Odd/native.so && chmod 666 plugins/Odd/native.so", "other users may write 'plugins/Odd/native.so'")]
    [InlineData("plugins/Odd/Odd.dll", "touch plugins/Odd/Other.dll && chown 65534 plugins/Odd/Other.dll", "'plugins/Odd/Other.dll' belongs to user 65534")]
    [InlineData("plugins/Odd/Odd.dll", "chmod 777 plugins", "other users may write 'plugins'")]
    [InlineData("plugins", "mkdir away && mv plugins/Odd/Odd.dll away && ln -s ../../away/Odd.dll plugins/Odd && chmod 777 away", "other users may write 'away'")]
    public void A_plugin_that_another_user_could_change_is_refused_and_not_looked_at(string path, string setUp, string? problem)
    {
        Directory.CreateDirectory(Path.Combine(Root, "plugins/Odd"));
        File.WriteAllText(Path.Combine(Root, "plugins/Odd/Odd.dll"), "no DLL");
        var checking = Check(setUp, plugins: $"plugin-paths: [{Path.Combine(Root, path)}]\n");
        Assert.Equal(problem is null, !checking.Error.Contains("CV1210", StringComparison.Ordinal));
        Assert.Equal(problem is null, checking.Error.Contains("CV1205", StringComparison.Ordinal));
        if (problem is not null)
        {
            AssertSays(checking.Error, "CV1210", problem, "");
            Assert.Equal(2, checking.ExitCode);
        }
    }

    private CommandResult Check(string setUp, string? caller = null, string plugins = "")
    {
        Requires.Root();
        Directory.CreateDirectory(Path.Combine(Root, "site"));
        File.WriteAllText(Path.Combine(Root, "site/pipeline.yaml"), plugins + """
            stages:
              - {stage: tun, device: culvert0, addresses: [10.99.0.1/30], mtu: 1400}
              - {stage: mss-clamp}
              - {stage: plaintext}
              - {stage: udp, listen: "0.0.0.0:7000", peer: "203.0.113.7:7000"}
            """);
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-ec", setUp.Length == 0 ? "true" : setUp]) { WorkingDirectory = Root })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);

        var start = CulvertProgram.StartInfo("check", "site/pipeline.yaml");
        start.WorkingDirectory = Root;
        start.Environment["SUDO_UID"] = caller;
        using var program = new RunningProgram(Process.Start(start)!);
        return new CommandResult(setUp, program.WaitForExit(), program.Output, program.Error);
    }

    /// <summary>Names in the expected texts are relative to the folder.</summary>
    private void AssertSays(string error, string code, string problem, string remedy)
    {
        var relative = error.Replace(Root + "/", "", StringComparison.Ordinal).Replace(Root, ".", StringComparison.Ordinal);
        Assert.Contains($"error {code}: {problem}", relative, StringComparison.Ordinal);
        Assert.Contains(remedy, relative, StringComparison.Ordinal);
    }
}
