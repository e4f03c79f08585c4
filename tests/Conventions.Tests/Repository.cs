using System.Xml.Linq;
using Culvert.Tests.Support;

namespace Conventions.Tests;

/// <summary>The working tree that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Culvert.slnx.</summary>
    public static string Root => SourceTree.Root;

    /// <summary>The project files under a folder of the tree.</summary>
    public static IReadOnlyList<string> Projects(string folder) =>
        [.. Files(folder, ".csproj").Order(StringComparer.Ordinal)];

    /// <summary>Files by their ending, without what builds leave.</summary>
    public static IEnumerable<string> Files(string folder, string ending) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*" + ending, SearchOption.AllDirectories)
            .Where(path => !Relative(path).Split('/').Any(part => part is "artifacts" or "bin" or "obj"));

    /// <summary>A path as it is written in this repository: from its root, with slashes.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>The names of the projects that a project refers to, those that it inherits from its folder included.</summary>
    public static IReadOnlyList<string> ProjectReferences(string project) =>
        [.. Items(project, "ProjectReference").SelectMany(item => item.Split(';')).Select(item => Path.GetFileNameWithoutExtension(item.Replace('\\', '/')))];

    /// <summary>The packages that a project refers to.</summary>
    public static IReadOnlyList<string> Packages(string project) => [.. Items(project, "PackageReference")];

    private static IEnumerable<string> Items(string project, string kind)
    {
        var shared = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(project))!, "Directory.Build.props");
        string[] files = File.Exists(shared) ? [project, shared] : [project];
        return files.SelectMany(file => XDocument.Load(file).Descendants(kind)).Select(item => item.Attribute("Include")?.Value).OfType<string>();
    }
}
