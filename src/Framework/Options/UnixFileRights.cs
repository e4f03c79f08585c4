using System.Runtime.Versioning;

namespace Culvert.Options;

/// <summary>The permission bits of Unix.</summary>
[UnsupportedOSPlatform("windows")]
internal static class UnixFileRights
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <inheritdoc cref="FileRights.RemedyIfOpenToAll"/>
    public static string? RemedyIfOpenToAll(FilePath path) =>
        (File.GetUnixFileMode(path.Full) & Others) == 0 ? null : $"run chmod 600 {path}";
}
