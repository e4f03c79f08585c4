using System.Runtime.Versioning;

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

/// <summary>The permission bits of Unix.</summary>
[UnsupportedOSPlatform("windows")]
internal static class UnixFileRights
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <inheritdoc cref="FileRights.RemedyIfOpenToAll"/>
    public static string? RemedyIfOpenToAll(FilePath path) =>
        (File.GetUnixFileMode(path.Full) & Others) == 0 ? null : $"run chmod 600 {path}";
}
