using System.Text.RegularExpressions;

namespace Conventions.Tests;

/// <summary>One noun a file, and no long ones.</summary>
public sealed partial class FileTests
{
    private const int MostLines = 400;

    private static readonly string[] Folders = ["src", "plugins", "samples", "tests", "benchmarks", "templates", "packaging"];

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        var tooLong = Sources().Select(file => (File: Repository.Relative(file), Lines: File.ReadLines(file).Count()))
            .Where(pair => pair.Lines > MostLines);

        Assert.Empty(tooLong.Select(pair => $"{pair.File}: {pair.Lines} lines"));
    }

    [Fact]
    public void Namespaces_are_file_scoped() =>
        Assert.Empty(Sources().Where(file => BlockNamespace().IsMatch(File.ReadAllText(file))).Select(Repository.Relative));

    [Fact]
    public void Nothing_is_left_unfinished() =>
        Assert.Empty(Sources().Where(file => !file.EndsWith("FileTests.cs", StringComparison.Ordinal))
            .Where(file => Gap().IsMatch(File.ReadAllText(file))).Select(Repository.Relative));

    [Fact]
    public void A_file_outside_the_tests_is_named_after_its_content()
    {
        var wrong = Sources().Where(file => !Repository.Relative(file).StartsWith("tests/", StringComparison.Ordinal))
            .Where(file => Path.GetFileName(file) is not ("Program.cs" or "GlobalUsings.cs" or "AssemblyInfo.cs"))
            .Where(file => !Declares(File.ReadAllText(file), Path.GetFileName(file).Split('.')[0]));

        Assert.Empty(wrong.Select(Repository.Relative));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Culvert.slnx"));
        string[] folders = ["src", "plugins", "samples", "tests", "packaging"];
        var missing = folders.SelectMany(Repository.Projects).Select(Repository.Relative)
            .Where(project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Fact]
    public void Package_versions_stand_in_one_place()
    {
        var offenders = Folders.Where(folder => Directory.Exists(Path.Combine(Repository.Root, folder)) && folder != "templates")
            .SelectMany(Repository.Projects).Where(project => PackageVersion().IsMatch(File.ReadAllText(project)));

        Assert.Empty(offenders.Select(Repository.Relative));
    }

    private static IEnumerable<string> Sources() =>
        Folders.Where(folder => Directory.Exists(Path.Combine(Repository.Root, folder))).SelectMany(folder => Repository.Files(folder, ".cs"));

    // StageTypeOf.cs holds StageType<,>: the file of a generic type may say so in its name.
    private static bool Declares(string text, string name) =>
        Regex.IsMatch(text, $@"\b(class|struct|interface|enum|record|delegate\s+\S+)\s+({name}|{Regex.Replace(name, "Of$", "")})\b");

    [GeneratedRegex(@"^namespace [\w.]+\s*\{", RegexOptions.Multiline)]
    private static partial Regex BlockNamespace();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|NotImplementedException")]
    private static partial Regex Gap();

    [GeneratedRegex("PackageReference[^>]*Version=")]
    private static partial Regex PackageVersion();
}
