using System.Runtime.InteropServices;

namespace Culvert.Endpoints.Interop;

/// <summary>Linux <c>sys/stat.h</c> and <c>unistd.h</c>: who owns a file, and who runs this.</summary>
internal static unsafe partial class Stat
{
    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const uint STATX_BASIC_STATS = 0x7FF;

    public const int S_IFMT = 0xF000;
    public const int S_IFSOCK = 0xC000;
    public const int S_IFLNK = 0xA000;
    public const int S_IFDIR = 0x4000;
    public const int S_IFREG = 0x8000;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(int dirfd, string pathname, int flags, uint mask, StatxBuffer* buffer);

    [LibraryImport("libc")]
    public static partial uint geteuid();

    /// <summary><c>struct statx</c>, which is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct StatxBuffer
    {
        [FieldOffset(20)]
        public uint stx_uid;

        [FieldOffset(24)]
        public uint stx_gid;

        [FieldOffset(28)]
        public ushort stx_mode;

        [FieldOffset(32)]
        public ulong stx_ino;

        [FieldOffset(136)]
        public uint stx_dev_major;

        [FieldOffset(140)]
        public uint stx_dev_minor;
    }
}
