namespace Culvert.Host.Run;

/// <summary>The threads of this process that neither the program nor the runtime started, as far as their names say. Linux only.</summary>
internal static class ForeignThreads
{
    private static readonly string[] Known = ["culvert", ".NET", "dotnet", "Console logger"];

    /// <summary>Their names, of which the system keeps 15 letters; empty where none is known.</summary>
    public static IReadOnlyList<string> Names()
    {
        const string Tasks = "/proc/self/task";
        return Directory.Exists(Tasks)
            ? [.. Directory.EnumerateDirectories(Tasks).Select(NameOf).Where(IsForeign).Distinct().Order(StringComparer.Ordinal)]
            : [];
    }

    private static bool IsForeign(string name) => name.Length > 0 && !Array.Exists(Known, one => name.StartsWith(one, StringComparison.Ordinal));

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).TrimEnd('\n');
        }
        catch (IOException)
        {
            // It has ended.
            return "";
        }
    }
}
