using System.Runtime.InteropServices;

namespace Culvert.Plugins.Tun.Windows.Interop;

/// <summary><c>synchapi.h</c> and <c>handleapi.h</c>: waiting for the driver's event beside one of our own.</summary>
internal static unsafe partial class Synchapi
{
    public const string Library = "kernel32.dll";

    public const uint INFINITE = 0xFFFFFFFF;
    public const uint WAIT_OBJECT_0 = 0;

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint CreateEventW(void* attributes, int manualReset, int initialState, void* name);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int SetEvent(nint handle);

    [LibraryImport(Library, SetLastError = true)]
    public static partial uint WaitForMultipleObjects(uint count, nint* handles, int all, uint milliseconds);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int CloseHandle(nint handle);
}
