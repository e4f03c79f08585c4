using System.Xml.Linq;

namespace Conventions.Tests;

/// <summary>The working tree that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Culvert.slnx.</summary>
    public static string Root { get; } = Find();

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

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Culvert.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("These tests look at the repository: run them from a build inside it.");
    }
}
