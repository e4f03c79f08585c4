using System.Diagnostics;
using System.Runtime.InteropServices;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>The host as it was built beside the tests.</summary>
internal static class CulvertProgram
{
    /// <summary>The folder of a project's output, in the configuration that the tests have.</summary>
    public static string OutputOf(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(System.IO.Path.DirectorySeparatorChar));
        return System.IO.Path.Combine(own.Parent!.Parent!.FullName, project, own.Name);
    }

    /// <summary>The program.</summary>
    public static string Path { get; } = System.IO.Path.Combine(OutputOf("Host"), "culvert");

    /// <summary>The source tree's root.</summary>
    public static string Root => SourceTree.Root;

    /// <summary>How to start it, with everything redirected.</summary>
    public static ProcessStartInfo StartInfo(params string[] arguments) => new(Path, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["DOTNET_ROOT"] = DotnetRoot },
    };

    // RuntimeDirectory is ROOT/shared/Microsoft.NETCore.App/VERSION/.
    private static string DotnetRoot => System.IO.Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
}
