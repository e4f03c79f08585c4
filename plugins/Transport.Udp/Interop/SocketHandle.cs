using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Plugins.Transport.Udp.Interop;

/// <summary>Owns one file descriptor.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class SocketHandle : SafeHandleMinusOneIsInvalid
{
    /// <summary>Takes a descriptor over.</summary>
    public SocketHandle(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>The descriptor as a number, for a <c>pollfd</c>; the caller keeps the handle alive meanwhile.</summary>
    public int Number => (int)handle;

    protected override bool ReleaseHandle() => close((int)handle) == 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);
}
