using System.Runtime.InteropServices;

namespace Culvert.Host.Hardening.Interop;

/// <summary>Linux <c>linux/capability.h</c>, and what it takes to change the capabilities of every thread: <c>signal.h</c>, <c>sys/mman.h</c>.</summary>
internal static unsafe partial class Capability
{
    public const uint _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
    public const int CAP_NET_BIND_SERVICE = 10;
    public const int CAP_NET_ADMIN = 12;

    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int PROT_EXEC = 4;
    public const int MAP_PRIVATE = 2;
    public const int MAP_ANONYMOUS = 0x20;
    public const nint MAP_FAILED = -1;

    public const int SA_RESTART = 0x10000000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint mmap(nint addr, nuint length, int prot, int flags, int fd, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mprotect(nint addr, nuint len, int prot);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int sigaction(int signum, SigAction* act, SigAction* oldact);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint syscall(nint number, nint process, nint thread, nint signal);

    /// <summary><c>struct __user_cap_header_struct</c> and the two <c>struct __user_cap_data_struct</c> of version 3, one after the other.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct CapabilitySets
    {
        public uint version;
        public int pid;
        public uint effectiveLow;
        public uint permittedLow;
        public uint inheritableLow;
        public uint effectiveHigh;
        public uint permittedHigh;
        public uint inheritableHigh;
    }

    /// <summary><c>struct sigaction</c> of the C library (glibc and musl) on 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SigAction
    {
        public nint sa_handler;
        public fixed ulong sa_mask[16];
        public int sa_flags;
        public nint sa_restorer;
    }
}
