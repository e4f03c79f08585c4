using System.Runtime.InteropServices;

namespace Culvert.Tests.Support.Interop;

/// <summary><c>unistd.h</c>: a TUN device takes and gives one packet a call, and cannot seek.</summary>
internal static unsafe partial class Unistd
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(SafeHandle fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(SafeHandle fd, byte* buffer, nuint count);
}
