using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Culvert.Plugins.Tun.Windows.Interop;

/// <summary>
/// Which file stands behind each library's name in this assembly: wintun.dll is the one that was found and verified, the rest are the
/// system's. A test may put a double behind any of them, on any system. Thread-safe.
/// </summary>
internal static class NativeLibraries
{
    private static readonly ConcurrentDictionary<string, nint> Handles = new();

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), Resolve);

    /// <summary>Puts a loaded library behind a name, for all later first calls.</summary>
    public static void Bind(string name, nint handle) => Handles[name] = handle;

    /// <summary>Whether the name resolved to a library.</summary>
    public static bool IsBound(string name) => Handles.ContainsKey(name);

    // 0 leaves the search to the runtime: this assembly's folder, then the system's.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => Handles.GetValueOrDefault(name);
}
