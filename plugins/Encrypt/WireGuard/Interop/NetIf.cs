using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>Linux <c>net/if.h</c></summary>
internal static partial class NetIf
{
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint if_nametoindex(string ifname);
}
