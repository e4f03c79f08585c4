using System.Runtime.Versioning;

namespace Culvert.Endpoints.Files;

/// <summary>
/// Finds who could change a file that root is about to obey. Every component of its path counts, and every symbolic link on the way: whoever may
/// rename a directory can put another one in its place. Entries of a sticky directory such as /tmp are their owners' alone.
/// </summary>
public static class FileTrust
{
    private const int MaxLinks = 40; // The kernel's own bound (path_resolution(7)).
    private const int MaxDepth = 8;

    /// <summary>Looks at a file or a directory.</summary>
    /// <param name="path">The path; what does not exist is trusted.</param>
    /// <returns>The first component that another user could change; null when there is none, or this process has no more rights than its user.</returns>
    public static FileTrustProblem? Find(string path) =>
        OperatingSystem.IsWindows() || !CurrentUser.IsRootOfTheMachine ? null : Walk(Path.GetFullPath(path));

    /// <summary>Looks at a directory and all that it contains.</summary>
    /// <inheritdoc cref="Find"/>
    public static FileTrustProblem? FindInTree(string path)
    {
        if (OperatingSystem.IsWindows() || !CurrentUser.IsRootOfTheMachine)
        {
            return null;
        }

        var everything = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = MaxDepth, AttributesToSkip = default };
        return Walk(Path.GetFullPath(path)) ?? (Directory.Exists(path)
            ? Directory.EnumerateFileSystemEntries(path, "*", everything).Select(LookAtEntry).FirstOrDefault(problem => problem is not null)
            : null);
    }

    [UnsupportedOSPlatform("windows")]
    private static FileTrustProblem? LookAtEntry(string path) => FileFacts.Read(path) switch
    {
        null => null,
        { Kind: FileKind.Link } => Walk(path),
        var facts => Judge(path, facts, isLast: true),
    };

    [UnsupportedOSPlatform("windows")]
    private static FileTrustProblem? Walk(string path)
    {
        var current = "/";
        var links = 0;
        var rest = new Stack<string>();
        Push(rest, path);
        while (rest.TryPop(out var name))
        {
            var next = name == ".." ? Path.GetDirectoryName(current) ?? current : Path.Combine(current, name);
            if (FileFacts.Read(next) is not { } facts)
            {
                return null;
            }

            if (Judge(next, facts, isLast: rest.Count == 0) is { } problem)
            {
                return problem;
            }

            if (facts.Kind != FileKind.Link)
            {
                current = next;
                continue;
            }

            if (++links > MaxLinks || new FileInfo(next).LinkTarget is not { } target)
            {
                return null;
            }

            current = Path.IsPathRooted(target) ? "/" : current;
            Push(rest, target);
        }

        return null;
    }

    private static void Push(Stack<string> rest, string path)
    {
        foreach (var name in path.Split('/').Where(name => name.Length > 0 && name != ".").Reverse())
        {
            rest.Push(name);
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static FileTrustProblem? Judge(string path, FileFacts facts, bool isLast)
    {
        if (!CurrentUser.Trusts(facts.Owner))
        {
            var chown = facts.Kind == FileKind.Link ? "chown -h" : "chown";
            return new($"'{path}' belongs to user {facts.Owner}, who could make root run other code", $"run '{chown} root {path}', or run culvert as that user");
        }

        // The mode of a link means nothing.
        if (facts.Kind == FileKind.Link || !IsOpen(facts))
        {
            return null;
        }

        if (!facts.IsSticky || facts.Kind != FileKind.Directory)
        {
            return new($"other users may write '{path}', and could make root run other code", $"run 'chmod go-w {path}'");
        }

        return isLast
            ? new($"other users may add files to '{path}', and could make root run other code", "use a directory that only root may write")
            : null;
    }

    /// <summary>A group whose number is that of the user who called sudo is this user's private group, as most distributions create it.</summary>
    [UnsupportedOSPlatform("windows")]
    private static bool IsOpen(FileFacts facts) =>
        (facts.Mode & UnixFileMode.OtherWrite) != 0 || ((facts.Mode & UnixFileMode.GroupWrite) != 0 && facts.Group != CurrentUser.SudoCaller);
}

/// <summary>A file that another user could change.</summary>
/// <param name="Message">The problem, without a full stop.</param>
/// <param name="Remedy">The remedy, as an imperative.</param>
public sealed record FileTrustProblem(string Message, string Remedy);
