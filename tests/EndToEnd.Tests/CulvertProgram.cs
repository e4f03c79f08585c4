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

    /// <summary>Copies the program to where every user may read it, and lets every user make temporary files beside it.</summary>
    /// <returns>The copy.</returns>
    public static string CopyForEveryone(DirectoryInfo temporary)
    {
        const UnixFileMode forEveryone = (UnixFileMode)0b111_101_101;
        var from = OutputOf("Host");
        var to = temporary.CreateSubdirectory("program").FullName;
        File.SetUnixFileMode(temporary.FullName, (UnixFileMode)0b111_111_111);
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
        {
            var copy = System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, folder));
            Directory.CreateDirectory(copy, forEveryone);
            File.SetUnixFileMode(copy, forEveryone);
            foreach (var file in Directory.EnumerateFiles(folder))
            {
                var path = System.IO.Path.Combine(copy, System.IO.Path.GetFileName(file));
                File.Copy(file, path);
                File.SetUnixFileMode(path, forEveryone);
            }
        }

        return System.IO.Path.Combine(to, "culvert");
    }

    // RuntimeDirectory is ROOT/shared/Microsoft.NETCore.App/VERSION/.
    private static string DotnetRoot => System.IO.Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
}
