namespace Culvert.Tests.Support;

/// <summary>The working tree that these tests were built from.</summary>
public static class SourceTree
{
    /// <summary>The folder that holds Culvert.slnx.</summary>
    public static string Root { get; } = Find();

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
