using System.IO.Hashing;
using System.Text;

namespace Culvert.Engine.Control;

/// <summary>
/// Where the control socket of a pipeline lies when its file does not say: <c>NAME-HASH.sock</c>, NAME being the file's name and HASH
/// made of its full path, in <c>/run/culvert</c>, or where that cannot be written, in the user's temporary folder; on Windows it is
/// the named pipe <c>\\.\pipe\culvert-NAME-HASH</c>. So whoever knows the file finds the socket.
/// </summary>
internal static class ControlPath
{
    private const string SystemFolder = "/run/culvert";

    // A Unix socket's address holds 108 bytes, the folder included.
    private const int LongestName = 40;

    /// <summary>The places to look for the socket of a file, the likelier first.</summary>
    /// <param name="file">The pipeline's file.</param>
    public static IReadOnlyList<string> Candidates(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var full = Path.GetFullPath(file);
        var hash = Convert.ToHexStringLower(XxHash32.Hash(Encoding.UTF8.GetBytes(full)));
        var stem = Path.GetFileNameWithoutExtension(full);
        var name = $"{stem[..Math.Min(stem.Length, LongestName)]}-{hash}";
        return OperatingSystem.IsWindows()
            ? [PipeControl.Folder + PipeControl.Prefix + name]
            : [.. Folders.Select(folder => Path.Combine(folder, name + ".sock"))];
    }

    /// <summary>The sockets that lie where a default is looked for, running or left behind.</summary>
    public static IReadOnlyList<string> Existing() => OperatingSystem.IsWindows()
        ? PipeControl.Existing()
        : [.. Folders.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*.sock"))];

    private static string[] Folders => [SystemFolder, Path.Combine(Path.GetTempPath(), $"culvert-{Environment.UserName}")];
}
