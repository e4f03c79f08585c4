using System.Runtime.InteropServices;

namespace Culvert.Plugins.Tun.Windows.Interop;

/// <summary>
/// <c>wintun.h</c> of Wintun 0.14. Every call that can fail sets the last P/Invoke error. What the codes mean to a session is told at
/// <see cref="WinError"/>. All calls are thread-safe; the order of allocating is the order of sending.
/// </summary>
internal static unsafe partial class Wintun
{
    public const string Library = "wintun.dll";

    /// <summary>The least ring capacity, 128 KiB.</summary>
    public const int WINTUN_MIN_RING_CAPACITY = 0x20000;

    /// <summary>The greatest ring capacity, 64 MiB.</summary>
    public const int WINTUN_MAX_RING_CAPACITY = 0x4000000;

    /// <summary>The largest packet. The library does not check it: a larger one would write over the ring.</summary>
    public const int WINTUN_MAX_IP_PACKET_SIZE = 0xFFFF;

    /// <summary>The longest adapter name in characters: <c>MAX_ADAPTER_NAME</c> less its terminator.</summary>
    public const int LongestName = 127;

    public const int WINTUN_LOG_INFO = 0;
    public const int WINTUN_LOG_WARN = 1;
    public const int WINTUN_LOG_ERR = 2;

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint WintunCreateAdapter(string name, string tunnelType, in Guid requestedGuid);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint WintunOpenAdapter(string name);

    [LibraryImport(Library)]
    public static partial void WintunCloseAdapter(nint adapter);

    [LibraryImport(Library)]
    public static partial void WintunGetAdapterLUID(nint adapter, out ulong luid);

    /// <summary>The driver's version, major number in the upper 16 bits; 0 when it is not loaded.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial uint WintunGetRunningDriverVersion();

    /// <summary>Sets the process's one logger; null for none.</summary>
    [LibraryImport(Library)]
    public static partial void WintunSetLogger(delegate* unmanaged[Stdcall]<int, ulong, char*, void> logger);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint WintunStartSession(nint adapter, uint capacity);

    [LibraryImport(Library)]
    public static partial void WintunEndSession(nint session);

    /// <summary>An event that the session owns: set when there is something to receive.</summary>
    [LibraryImport(Library)]
    public static partial nint WintunGetReadWaitEvent(nint session);

    [LibraryImport(Library, SetLastError = true)]
    public static partial byte* WintunReceivePacket(nint session, out uint size);

    [LibraryImport(Library)]
    public static partial void WintunReleaseReceivePacket(nint session, byte* packet);

    [LibraryImport(Library, SetLastError = true)]
    public static partial byte* WintunAllocateSendPacket(nint session, uint size);

    [LibraryImport(Library)]
    public static partial void WintunSendPacket(nint session, byte* packet);
}
