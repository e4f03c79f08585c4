using System.Globalization;
using System.IO.Hashing;
using System.Runtime.Versioning;
using System.Text;
using System.Text.RegularExpressions;
using Culvert.Endpoints.Files;
using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Control;

/// <summary>
/// The place of a pipeline's control socket when its file names none: <c>NAME-HASH.sock</c>, NAME being the file's name and HASH
/// made of its full path, in the first runtime directory that can be used; on Windows it is the named pipe <c>\\.\pipe\culvert-NAME-HASH</c>. So
/// whoever knows the file finds the socket.
/// </summary>
internal static partial class ControlPath
{
    private const string RuntimeFolder = "/run";
    private const string Private = "culvert-";

    // A Unix socket's address holds 108 bytes, the folder included.
    private const int LongestName = 40;

    // User numbers below are those of the system's own services, on all common distributions.
    private const uint FirstPerson = 1000;

    /// <summary>The places where a pipeline may put its socket, the first that can be used.</summary>
    /// <param name="file">The pipeline's file.</param>
    public static IReadOnlyList<string> ToListen(string file) =>
        OperatingSystem.IsWindows() ? [PipeOf(file)] : [.. OwnFolders().Select(folder => Path.Combine(folder, NameOf(file)))];

    /// <summary>The places to look for the socket of a file, the likelier first.</summary>
    /// <param name="file">The pipeline's file.</param>
    public static IReadOnlyList<string> Candidates(string file) => OperatingSystem.IsWindows() ? [PipeOf(file)] : UnixCandidates(file);

    /// <summary>The sockets at the default places, running or left behind.</summary>
    public static IReadOnlyList<string> Existing() => OperatingSystem.IsWindows()
        ? PipeControl.Existing()
        : [.. OwnFolders().Where(IsBelievable).Concat(OtherFolders()).Distinct().SelectMany(Files).Where(path => SocketName().IsMatch(path))];

    [UnsupportedOSPlatform("windows")]
    private static string[] UnixCandidates(string file) =>
    [
        .. OwnFolders().Where(IsBelievable).Select(folder => Path.Combine(folder, NameOf(file))),
        .. OtherFolders().Where(folder => MaySpeakFor(folder, file)).Select(folder => Path.Combine(folder, NameOf(file))).Where(File.Exists),
    ];

    private static string PipeOf(string file) => PipeControl.Folder + PipeControl.Prefix + StemOf(file);

    private static string NameOf(string file) => StemOf(file) + ".sock";

    private static string StemOf(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var full = Path.GetFullPath(file);

        // Cut, a key would no longer be recognised as one.
        var stem = SecretMask.Masks(full) ? "pipeline" : Path.GetFileNameWithoutExtension(full);
        return $"{stem[..Math.Min(stem.Length, LongestName)]}-{Convert.ToHexStringLower(XxHash32.Hash(Encoding.UTF8.GetBytes(full)))}";
    }

    /// <summary>The runtime directory that systemd created for this service, that of the system, that of the user, and the last resort.</summary>
    [UnsupportedOSPlatform("windows")]
    private static IEnumerable<string> OwnFolders() =>
    [
        .. (Environment.GetEnvironmentVariable("RUNTIME_DIRECTORY") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Take(1),
        RuntimeFolder + "/culvert",
        .. Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? [Path.Combine(runtime, "culvert")] : Array.Empty<string>(),
        Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"{Private}{CurrentUser.Id}")),
    ];

    /// <summary>Where root finds the pipelines of services and other users.</summary>
    [UnsupportedOSPlatform("windows")]
    private static IEnumerable<string> OtherFolders() => !CurrentUser.IsRoot
        ? []
        :
        [
            .. Folders(RuntimeFolder), .. Folders(RuntimeFolder + "/user").Select(folder => folder + "/culvert").Where(Directory.Exists),
            .. Folders("/tmp", "systemd-private-*").Select(folder => folder + "/tmp").Append("/tmp").Append(Path.GetTempPath())
                .SelectMany(folder => Folders(folder, Private + "*")).Where(IsBelievable),
        ];

    /// <summary>Anybody can create a directory with anybody's number in /tmp: it must belong to that user.</summary>
    [UnsupportedOSPlatform("windows")]
    private static bool IsBelievable(string folder)
    {
        var name = Path.GetFileName(folder);
        return !name.StartsWith(Private, StringComparison.Ordinal) || FileFacts.Read(folder) is not { } facts
            || (facts.Kind == FileKind.Directory && name == string.Create(CultureInfo.InvariantCulture, $"{Private}{facts.Owner}"));
    }

    /// <summary>Whether root believes that the owner of a directory runs a file: a service, the file's owner, or who called sudo.</summary>
    [UnsupportedOSPlatform("windows")]
    private static bool MaySpeakFor(string folder, string file) =>
        FileFacts.Read(folder)?.Owner is { } owner && (owner < FirstPerson || owner == FileFacts.Read(file)?.Owner || CurrentUser.Trusts(owner));

    private static string[] Folders(string parent, string pattern = "*") =>
        Entries(parent, folder => Directory.GetDirectories(folder, pattern));

    private static string[] Files(string folder) => Entries(folder, parent => Directory.GetFiles(parent, "*.sock"));

    private static string[] Entries(string folder, Func<string, string[]> list)
    {
        try
        {
            return list(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    [GeneratedRegex("-[0-9a-f]{8}[.]sock$")]
    private static partial Regex SocketName();
}
