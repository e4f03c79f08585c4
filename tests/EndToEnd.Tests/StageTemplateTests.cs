using System.Diagnostics;
using System.Text.RegularExpressions;

namespace EndToEnd.Tests;

/// <summary>The test kit as <c>dotnet publish</c> leaves it, and the template installed for these tests alone.</summary>
public sealed class InstalledTemplate : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(240);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-template-");

    public InstalledTemplate()
    {
        var configuration = Path.GetFileName(CulvertProgram.OutputOf("Testing")) == "release" ? "Release" : "Debug";
        Dotnet(Folder, "publish", Path.Combine(CulvertProgram.Root, "src", "Testing"), "--no-build", "-c", configuration, "-o", Kit);
        Dotnet(Folder, "new", "install", Path.Combine(CulvertProgram.Root, "templates", "stage"), "--debug:custom-hive", Hive);
    }

    public string Folder => _folder.FullName;

    public string Kit => Path.Combine(Folder, "testing");

    private string Hive => Path.Combine(Folder, "hive");

    public void Create(string name, string culvert, string output) =>
        Dotnet(Folder, "new", "culvert-stage", "-n", name, "--culvert", culvert, "-o", output, "--debug:custom-hive", Hive);

    internal static string Dotnet(string workingDirectory, params string[] arguments)
    {
        using var dotnet = Start(workingDirectory, arguments);
        Assert.True(dotnet.WaitForExit(_limit) == 0, dotnet.Said);
        return dotnet.Output;
    }

    internal static string Refused(string workingDirectory, params string[] arguments)
    {
        using var dotnet = Start(workingDirectory, arguments);
        Assert.NotEqual(0, dotnet.WaitForExit(_limit));
        return dotnet.Output;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static RunningProgram Start(string workingDirectory, string[] arguments)
    {
        var start = CulvertProgram.StartInfo(arguments);
        start.FileName = "dotnet";
        start.WorkingDirectory = workingDirectory;
        // A build server that outlives the test would keep its folder.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        return new RunningProgram(Process.Start(start)!);
    }
}

/// <summary>The template for stages: what it creates builds, whatever its name and wherever its folder. .ci/tutorial follows the tutorial.</summary>
public sealed class StageTemplateTests(InstalledTemplate template) : IClassFixture<InstalledTemplate>
{
    [Theory]
    [InlineData("my-stage", false)]
    [InlineData("HTTPFilter", true)]
    [InlineData("9lives", true)]
    [InlineData("builds", true)]
    [InlineData("tests", true)]
    [InlineData("string", false)]
    public void A_new_stage_builds_and_passes_its_tests(string name, bool insideClone)
    {
        var project = Path.Combine(insideClone ? CloneLike(name) : template.Folder, name);
        template.Create(name, Path.GetRelativePath(project, CulvertProgram.OutputOf("Host")), project);

        InstalledTemplate.Dotnet(project, "build", "--nologo", "-c", "Release", "-p:UseSharedCompilation=false", $"-p:CulvertTestingFolder={template.Kit}");
        var tests = InstalledTemplate.Dotnet(project, Path.Combine(project, $"{name}.Tests", "bin", "Release", "net10.0", $"{name}.Tests.dll"));
        using var check = new RunningProgram(Process.Start(CulvertProgram.StartInfo("check", Path.Combine(project, "pipeline.yaml")))!);

        Assert.Matches("Failed: 0,", tests);
        Assert.True(check.WaitForExit(TimeSpan.FromSeconds(60)) == 0, check.Said);

        using var test = new RunningProgram(Process.Start(CulvertProgram.StartInfo("test", Path.Combine(project, "pipeline.test.yaml")))!);
        Assert.True(test.WaitForExit(TimeSpan.FromSeconds(60)) == 0, test.Said);
    }

    [Fact]
    public void A_wrong_folder_is_an_error_that_names_the_remedy()
    {
        var project = Path.Combine(template.Folder, "Elsewhere");
        template.Create("Elsewhere", "../nowhere", project);

        var program = InstalledTemplate.Refused(project, "build", "--nologo", "-p:UseSharedCompilation=false");
        var kit = InstalledTemplate.Refused(
            project, "build", "--nologo", "-p:UseSharedCompilation=false", $"-p:CulvertFolder={CulvertProgram.OutputOf("Host")}", "-p:CulvertTestingFolder=nowhere");

        Assert.Contains($"CulvertFolder: no Culvert.Framework.dll in '{Path.Combine(template.Folder, "nowhere")}'", program, StringComparison.Ordinal);
        Assert.Contains("-p:CulvertFolder=", program, StringComparison.Ordinal);
        Assert.Contains("dotnet publish src/Testing -c Release -o FOLDER", kit, StringComparison.Ordinal);
    }

    [Fact]
    public void The_template_uses_the_same_xunit_as_these_tests() =>
        Assert.Equal(XunitVersion("Directory.Packages.props"), XunitVersion("templates/stage/Directory.Packages.props"));

    private static string XunitVersion(string props) =>
        Regex.Match(File.ReadAllText(Path.Combine(CulvertProgram.Root, props)), "\"xunit.v3\" Version=\"([^\"]+)\"").Groups[1].Value;

    // A folder whose settings would break a project that inherited them, as a clone's do.
    private string CloneLike(string name)
    {
        var clone = Directory.CreateDirectory(Path.Combine(template.Folder, $"clone-{name}")).FullName;
        foreach (var file in new[] { "Directory.Build.props", "Directory.Packages.props", ".editorconfig", "global.json" })
        {
            File.Copy(Path.Combine(CulvertProgram.Root, file), Path.Combine(clone, file));
        }

        return clone;
    }
}
