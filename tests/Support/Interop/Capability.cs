using System.Runtime.InteropServices;

namespace Culvert.Tests.Support.Interop;

/// <summary><c>linux/capability.h</c>: what a thread may do.</summary>
internal static unsafe partial class Capability
{
    private const uint LINUX_CAPABILITY_VERSION_3 = 0x20080522;

    /// <summary>Takes every capability from the calling thread, and from it alone, for good.</summary>
    /// <returns>0, or −1.</returns>
    public static int DropAllOnThisThread()
    {
        var header = new Header { version = LINUX_CAPABILITY_VERSION_3 };
        var sets = stackalloc uint[6];
        new Span<uint>(sets, 6).Clear();
        return capset(&header, sets);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capset(Header* header, uint* data);

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public uint version;
        public int pid;
    }
}
