namespace Culvert.Host.Wg;

/// <summary>
/// The name that the program was called by: the link <c>culvert-wg</c> stands for <c>culvert wg</c>, since <c>wg-quick</c> calls its userspace
/// implementation with nothing but the interface.
/// </summary>
internal static class ProgramName
{
    private const string Link = "culvert-wg";
    private const string CommandLine = "/proc/self/cmdline";

    /// <summary>The command line, with the command that the program's name stands for.</summary>
    public static string[] Expand(string[] args) => Name() == Link ? ["wg", .. args] : args;

    // The runtime knows the file behind the link alone.
    private static string? Name()
    {
        try
        {
            return OperatingSystem.IsLinux() ? Path.GetFileName(File.ReadAllText(CommandLine).Split('\0')[0]) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
