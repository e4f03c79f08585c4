using System.Runtime.InteropServices;

namespace Culvert.Host.Hardening.Interop;

/// <summary>Linux <c>linux/seccomp.h</c>, <c>linux/filter.h</c> and <c>linux/audit.h</c>: filters for system calls.</summary>
internal static unsafe partial class Seccomp
{
    public const uint SECCOMP_SET_MODE_FILTER = 1;
    public const uint SECCOMP_FILTER_FLAG_TSYNC = 1;
    public const uint SECCOMP_RET_ALLOW = 0x7fff0000;
    public const uint SECCOMP_RET_ERRNO = 0x00050000;

    public const uint AUDIT_ARCH_X86_64 = 0xC000003E;
    public const uint AUDIT_ARCH_AARCH64 = 0xC00000B7;

    /// <summary>The bit of a system call's number that marks the x32 ABI of an x64 kernel.</summary>
    public const uint X32_SYSCALL_BIT = 0x40000000;

    // The offsets in struct seccomp_data. Arguments are 64 bits, little-endian: the low word comes first.
    public const uint OffsetOfNumber = 0;
    public const uint OffsetOfArchitecture = 4;
    public const uint OffsetOfFirstArgument = 16;

    public const ushort LoadWord = 0x20; // BPF_LD | BPF_W | BPF_ABS
    public const ushort JumpIfEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    public const ushort JumpIfNotLess = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    public const ushort JumpIfAnyBit = 0x45; // BPF_JMP | BPF_JSET | BPF_K
    public const ushort Return = 0x06; // BPF_RET | BPF_K

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint syscall(nint number, uint operation, uint flags, SockFprog* args);

    /// <summary><c>struct sock_filter</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SockFilter
    {
        public ushort code;
        public byte jt;
        public byte jf;
        public uint k;
    }

    /// <summary><c>struct sock_fprog</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SockFprog
    {
        public ushort len;
        public SockFilter* filter;
    }
}
