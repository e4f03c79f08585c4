using Microsoft.Extensions.Logging;

namespace Culvert.Host.Output;

/// <summary>Whether standard error is a connection to systemd's journal, by systemd.exec(5): <c>JOURNAL_STREAM</c> names its device and inode.</summary>
internal static class JournalStream
{
    /// <summary>Whether standard error is the journal's.</summary>
    public static bool IsStandardError { get; } =
        OperatingSystem.IsLinux() && Matches(Environment.GetEnvironmentVariable("JOURNAL_STREAM"), Target("/proc/self/fd/2"));

    /// <summary>The beginning of a line of the journal, by sd-daemon(3) and syslog(3): 2 critical, 3 error, 4 warning, 6 informational, 7 debug.</summary>
    public static string Prefix(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "<7>",
        LogLevel.Information => "<6>",
        LogLevel.Warning => "<4>",
        LogLevel.Error => "<3>",
        _ => "<2>",
    };

    /// <summary>Whether an open file is the one that the variable names. Standard error may have been redirected since it was set.</summary>
    /// <param name="variable"><c>DEVICE:INODE</c>, or null.</param>
    /// <param name="target">What the file descriptor's link shows: <c>socket:[INODE]</c>.</param>
    internal static bool Matches(string? variable, string? target) =>
        variable?.Split(':') is [_, var inode] && target == $"socket:[{inode}]";

    private static string? Target(string link)
    {
        try
        {
            return Path.GetFileName(new FileInfo(link).LinkTarget);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
