using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Culvert.Plugins.Tun.Windows.Interop;
using Culvert.Tests.Support;

namespace Windows.Tests;

/// <summary>
/// The doubles of wintun.dll and iphlpapi.dll, built from <c>Doubles/</c>: on Linux by the C compiler when a test first needs them, on
/// Windows beside the test program. One set for the whole process, so tests that use them run one after another.
/// </summary>
[CollectionDefinition(nameof(Doubles), DisableParallelization = true)]
public sealed class Doubles : ICollectionFixture<Doubles>, IDisposable
{
    private readonly string _folder;
    private readonly bool _made;

    public Doubles()
    {
        _made = !OperatingSystem.IsWindows();
        _folder = _made ? Build() : AppContext.BaseDirectory;
        var wintun = NativeLibrary.Load(Path.Combine(_folder, "wintun.dll"));
        var iphlpapi = NativeLibrary.Load(Path.Combine(_folder, "iphlpapi.dll"));
        NativeLibraries.Bind(Wintun.Library, wintun);
        NativeLibraries.Bind(Netioapi.Library, iphlpapi);
        if (_made)
        {
            // Linux has no kernel32.dll: the double of Wintun brings events of its own.
            NativeLibraries.Bind(Synchapi.Library, wintun);
        }

        NativeLibrary.SetDllImportResolver(typeof(Doubles).Assembly, (name, _, _) => name switch
        {
            WintunDouble.Library => wintun,
            NetioDouble.Library => iphlpapi,
            _ => 0,
        });
    }

    public void Dispose()
    {
        if (_made)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static string Build([CallerFilePath] string thisFile = "")
    {
        Requires.Tool("cc");
        var sources = Path.Combine(Path.GetDirectoryName(thisFile)!, "Doubles");
        var folder = Directory.CreateTempSubdirectory("culvert-doubles-").FullName;
        Compile(sources, Path.Combine(folder, "wintun.dll"), "wintun.c", "events.c");
        Compile(sources, Path.Combine(folder, "iphlpapi.dll"), "iphlpapi.c");
        return folder;
    }

    private static void Compile(string sources, string output, params string[] files)
    {
        string[] flags = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-fvisibility=hidden", "-pthread"];
        var start = new ProcessStartInfo("cc", [.. flags, "-o", output, .. files])
        {
            WorkingDirectory = sources,
            RedirectStandardError = true,
        };
        using var compiler = Process.Start(start)!;
        var errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, errors);
    }
}
