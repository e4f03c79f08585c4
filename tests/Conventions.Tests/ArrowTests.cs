namespace Conventions.Tests;

/// <summary>
/// Dependencies point one way: plugin → Framework, Wire, Endpoints, Filter; Filter → Framework, Wire; Engine → Framework, Endpoints,
/// Filter; Tools → Engine, Testing; Host → Tools, Engine; Testing → Framework; tests → all. Framework depends on nothing but Wire and the logging
/// and DI abstractions.
/// </summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["src/Wire/Wire.csproj"] = [],
        ["src/Framework/Framework.csproj"] = ["Wire"],
        ["src/Endpoints/Endpoints.csproj"] = ["Framework"],
        ["src/Filter/Filter.csproj"] = ["Framework", "Wire"],
        ["src/Engine/Engine.csproj"] = ["Endpoints", "Filter", "Framework"],
        ["src/Tools/Tools.csproj"] = ["Engine", "Testing"],
        ["src/Testing/Testing.csproj"] = ["Framework"],
        ["src/Host/Host.csproj"] = ["Engine", "Tools"],
    };

    public static TheoryData<string> PluginProjects =>
        [.. Repository.Projects("plugins").Concat(Repository.Projects("samples")).Select(Repository.Relative)
            .Where(project => !project.EndsWith(".Tests.csproj", StringComparison.Ordinal))];

    public static TheoryData<string> SourceProjects => [.. Repository.Projects("src").Select(Repository.Relative)];

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void The_arrows_in_the_sources_point_down(string project)
    {
        Assert.Contains(project, Allowed.Keys);

        // The host builds the plugins beside itself; its code never refers to one.
        var references = Repository.ProjectReferences(Path.Combine(Repository.Root, project))
            .Where(reference => !reference.StartsWith("@(", StringComparison.Ordinal));
        Assert.Empty(references.Except(Allowed[project]));
    }

    [Theory]
    [MemberData(nameof(PluginProjects))]
    public void A_plugin_refers_to_the_contract_and_the_endpoints_library_alone(string project) =>
        Assert.Empty(Repository.ProjectReferences(Path.Combine(Repository.Root, project)).Except(["Framework", "Wire", "Endpoints", "Filter"]));

    [Fact]
    public void The_framework_depends_on_the_abstractions_alone() =>
        Assert.Equal(
            ["Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions"],
            Repository.Packages(Path.Combine(Repository.Root, "src/Framework/Framework.csproj")).Order());

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void No_source_names_a_plugin_in_its_code(string project)
    {
        var folder = Path.GetDirectoryName(project)!;
        var offenders = Repository.Files(folder, ".cs").Where(file => File.ReadAllText(file).Contains("Culvert.Plugins.", StringComparison.Ordinal));

        Assert.Empty(offenders.Select(Repository.Relative));
    }

    [Fact]
    public void Only_Interop_folders_call_native_code()
    {
        string[] folders = ["src", "plugins", "samples"];
        var offenders = folders.SelectMany(folder => Repository.Files(folder, ".cs"))
            .Where(file => !Repository.Relative(file).Contains("/Interop/", StringComparison.Ordinal))
            .Where(file => File.ReadLines(file).Any(line => line.Contains("[LibraryImport", StringComparison.Ordinal) || line.Contains("[DllImport", StringComparison.Ordinal)));

        Assert.Empty(offenders.Select(Repository.Relative));
    }
}
