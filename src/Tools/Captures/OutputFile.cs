namespace Culvert.Tools.Captures;

/// <summary>
/// A file that a command writes: under a temporary name beside its place, and renamed over it when closed, so that nobody ever sees half of
/// it and a full disk costs no old file. What is no regular file (a pipe, <c>/dev/stdout</c>) is written as it is.
/// </summary>
internal static class OutputFile
{
    private const int BufferLength = 1 << 18;

    /// <summary>Opens a file for writing; closing the stream puts the file in its place.</summary>
    /// <param name="path">The file; an old one is replaced. A symbolic link is followed.</param>
    /// <param name="inputs">Files that the command reads. None of them may be the output, by whatever name.</param>
    /// <exception cref="InvalidDataException">The output is one of the inputs.</exception>
    /// <exception cref="IOException">The file cannot be created; or <see cref="UnauthorizedAccessException"/>.</exception>
    public static Stream Create(string path, params IEnumerable<string> inputs)
    {
        ArgumentNullException.ThrowIfNull(path);
        var isLink = new FileInfo(path).LinkTarget is not null;
        var target = isLink ? File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName : Path.GetFullPath(path);
        if (!File.Exists(target))
        {
            return new Pending(target, mode: null);
        }

        if (!IsRegular(target))
        {
            return new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, BufferLength);
        }

        foreach (var input in inputs)
        {
            if (IsSame(input, target))
            {
                throw new InvalidDataException($"'{path}' is a file that is read, '{input}'; write to another file");
            }
        }

        return new Pending(target, OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(target));
    }

    private static bool IsRegular(string path) =>
        OperatingSystem.IsWindows() || (File.GetAttributes(path) & (FileAttributes.Device | FileAttributes.Directory)) == 0 && HasPlace(path);

    // A pipe or a terminal has no place in it to seek to.
    private static bool HasPlace(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            return RandomAccess.GetLength(handle) >= 0 && !path.StartsWith("/dev/", StringComparison.Ordinal);
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    // The base library locks what it opens (flock(2)); a lock is the file's own, whatever name it was opened by.
    private static bool IsSame(string input, string output)
    {
        if (!File.Exists(input))
        {
            return false;
        }

        using var reading = new FileStream(input, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            using var alone = new FileStream(output, FileMode.Open, FileAccess.Read, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private sealed class Pending(string target, UnixFileMode? mode) : FileStream(NameBeside(target), Options(mode))
    {
        private bool _isPlaced;

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing && !_isPlaced)
            {
                _isPlaced = true;
                File.Move(Name, target, overwrite: true);
            }
        }

        private static string NameBeside(string target) =>
            Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Environment.ProcessId}.partial");

        private static FileStreamOptions Options(UnixFileMode? mode)
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = BufferLength };
            if (mode is not null && !OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = mode;
            }

            return options;
        }
    }
}
