namespace Culvert.Tools.Cases;

/// <summary>Finds test files.</summary>
internal static class CaseFiles
{
    /// <summary>How the name of a test file ends.</summary>
    public const string Ending = ".test.yaml";

    private static readonly string[] _left = ["bin", "obj", "artifacts"];

    /// <summary>The files that a path means: itself, or every test file in a folder, but not under bin, obj and artifacts, nor in hidden folders.</summary>
    /// <param name="path">As the user wrote it.</param>
    public static IEnumerable<string> Find(string path) => Directory.Exists(path) ? InFolder(path) : [path];

    private static IEnumerable<string> InFolder(string folder)
    {
        // Links are not followed: a loop would never end.
        var entries = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden, IgnoreInaccessible = true };
        var own = Directory.EnumerateFiles(folder, "*" + Ending, entries).Order(StringComparer.Ordinal);
        var inner = Directory.EnumerateDirectories(folder, "*", entries).Where(one => !_left.Contains(Path.GetFileName(one))).Order(StringComparer.Ordinal);
        return own.Concat(inner.SelectMany(InFolder)).Select(path => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path);
    }
}
