using System.Diagnostics;
using System.Text.RegularExpressions;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace EndToEnd.Tests;

/// <summary>The template and the tutorial, followed step by step: what they promise builds and works.</summary>
public sealed partial class FirstStageTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(120);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-first-");

    private string Project => Path.Combine(_folder.FullName, "TtlGuard");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_template_makes_a_stage_that_works()
    {
        CreateFromTemplate();
        Build();

        var file = WritePipeline("  - {stage: ttl-guard, least-length: 40}");
        Assert.Contains("ttl-guard", Succeeded(Culvert("check", file)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tutorials_stage_builds_with_its_test_and_drops_the_packet()
    {
        var code = Blocks("csharp");
        CreateFromTemplate();
        File.WriteAllText(Path.Combine(Project, "TtlGuardOptions.cs"), code[0]);
        File.WriteAllText(Path.Combine(Project, "TtlGuardStage.cs"), code[1]);
        File.WriteAllText(Path.Combine(Project, "TtlGuardTests.cs"), code[2]);
        File.WriteAllText(Path.Combine(Project, "Directory.Build.props"), $"""
            <Project>
              <ItemGroup>
                <Reference Include="{typeof(TestStageContext).Assembly.Location};{typeof(IServiceCollection).Assembly.Location}" Private="false" />
                <Reference Include="{typeof(Assert).Assembly.Location};{typeof(FactAttribute).Assembly.Location}" Private="false" />
              </ItemGroup>
            </Project>
            """);
        Build();
        // As a site has it: without the test and what that needs.
        File.Delete(Path.Combine(Project, "TtlGuardTests.cs"));
        Build();
        var file = Path.Combine(Project, "pipeline.yaml");
        File.WriteAllText(file, Blocks("yaml").Single());

        Assert.Contains("least-hops", Succeeded(Culvert("stages", "ttl-guard", "--plugin-path", Dll)).Output, StringComparison.Ordinal);
        Assert.Contains("ttl-guard", Succeeded(Culvert("check", file)).Output, StringComparison.Ordinal);
        var hex = HexArgument().Match(Page).Groups["hex"].Value;
        var explained = Succeeded(Culvert("explain", "--hex", hex, file)).Output;
        Assert.Contains("expired", explained, StringComparison.Ordinal);
    }

    private static string Page => File.ReadAllText(Path.Combine(CulvertProgram.Root, "docs", "tutorial", "first-stage.md"));

    private string Dll => Path.Combine(Project, "bin", "Release", "net10.0", "TtlGuard.dll");

    private static string[] Blocks(string language) =>
        [.. Regex.Matches(Page, $"^```{language}\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).Select(block => block.Groups["code"].Value)];

    private static RunningProgram Culvert(params string[] arguments) => new(Process.Start(CulvertProgram.StartInfo(arguments))!);

    private static RunningProgram Succeeded(RunningProgram program)
    {
        Assert.True(program.WaitForExit(_limit) == 0, program.Said);
        return program;
    }

    private void CreateFromTemplate()
    {
        // A hive of its own: the user's installed templates stay as they are.
        var hive = Path.Combine(_folder.FullName, "hive");
        Dotnet("new", "install", Path.Combine(CulvertProgram.Root, "templates", "stage"), "--debug:custom-hive", hive);
        Dotnet("new", "culvert-stage", "-n", "TtlGuard", "--culvert", CulvertProgram.OutputOf("Host"), "-o", Project, "--debug:custom-hive", hive);
    }

    private void Build() => Dotnet("build", Project, "-c", "Release", "--nologo", "-p:UseSharedCompilation=false");

    private void Dotnet(params string[] arguments)
    {
        var start = CulvertProgram.StartInfo(arguments);
        start.FileName = "dotnet";
        start.WorkingDirectory = _folder.FullName;
        // A build server that outlives the test would keep its folder.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var dotnet = Succeeded(new RunningProgram(Process.Start(start)!));
    }

    private string WritePipeline(string stage)
    {
        var file = Path.Combine(Project, "pipeline.yaml");
        File.WriteAllText(file, $$"""
            plugin-paths: [bin/Release/net10.0/TtlGuard.dll]
            stages:
              - {stage: tun, device: culvert0}
            {{stage}}
              - {stage: plaintext}
              - {stage: udp, peer: "203.0.113.7:7000"}

            """);
        return file;
    }

    [GeneratedRegex("--hex (?<hex>[0-9a-f]+)")]
    private static partial Regex HexArgument();
}
