using System.Diagnostics;

namespace Culvert.Host.Demo;

/// <summary>This very program, to be started again with other arguments.</summary>
internal static class HostProgram
{
    /// <summary>The words of a command line: the program, or <c>dotnet culvert.dll</c> where it was started so, and its arguments.</summary>
    public static IReadOnlyList<string> CommandLine(params string[] arguments)
    {
        var program = Environment.ProcessPath
            ?? throw new InvalidOperationException("The system does not say where this program is.");
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? [program, Path.Combine(AppContext.BaseDirectory, "culvert.dll"), .. arguments]
            : [program, .. arguments];
    }

    /// <summary>How to start it, with both outputs to be read.</summary>
    public static ProcessStartInfo StartInfo(params string[] arguments)
    {
        var words = CommandLine(arguments);
        return new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
    }
}
