namespace Culvert.Options;

/// <summary>Checks whether every user may read or change a file that holds a secret, by the rules of each system.</summary>
internal static class FileRights
{
    /// <summary>Looks at a file that exists.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What to do about it when every user of the machine may read or write the file; null when all is well.</returns>
    public static string? RemedyIfOpenToAll(FilePath path) =>
        OperatingSystem.IsWindows() ? WindowsFileRights.RemedyIfOpenToAll(path) : UnixFileRights.RemedyIfOpenToAll(path);
}
