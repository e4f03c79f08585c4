using System.Runtime.InteropServices;

namespace Culvert.Host.Demo.Interop;

/// <summary><c>net/if.h</c>: a device's number in the calling thread's network namespace.</summary>
internal static partial class NetIf
{
    /// <summary>The number, or 0 when there is no such device.</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint if_nametoindex(string ifname);
}
