using System.Runtime.Versioning;
using Culvert.Endpoints.Interop;

namespace Culvert.Endpoints.Files;

/// <summary>The owner, mode and identity of a file. A symbolic link is not followed.</summary>
/// <param name="Owner">The user's number.</param>
/// <param name="Group">The group's number.</param>
/// <param name="Mode">The permission bits.</param>
/// <param name="Kind">The kind of file.</param>
/// <param name="Identity">The same for two paths only when they are one file.</param>
[UnsupportedOSPlatform("windows")]
public sealed record FileFacts(uint Owner, uint Group, UnixFileMode Mode, FileKind Kind, (ulong Device, ulong Inode) Identity)
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Whether users other than the owner may write the file, or add and remove entries of the directory.</summary>
    public bool IsOpenToOthers => (Mode & OthersWrite) != 0;

    /// <summary>Whether only the owner of an entry may remove or rename it in this directory.</summary>
    public bool IsSticky => (Mode & UnixFileMode.StickyBit) != 0;

    /// <summary>Reads them.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Null when there is no such file, or it cannot be seen.</returns>
    public static unsafe FileFacts? Read(string path)
    {
        Stat.StatxBuffer found;
        return Stat.statx(Stat.AT_FDCWD, path, Stat.AT_SYMLINK_NOFOLLOW, Stat.STATX_BASIC_STATS, &found) != 0
            ? null
            : new FileFacts(
                found.stx_uid, found.stx_gid, (UnixFileMode)(found.stx_mode & 0xFFF), KindOf(found.stx_mode & Stat.S_IFMT),
                (((ulong)found.stx_dev_major << 32) | found.stx_dev_minor, found.stx_ino));
    }

    private static FileKind KindOf(int format) => format switch
    {
        Stat.S_IFSOCK => FileKind.Socket,
        Stat.S_IFLNK => FileKind.Link,
        Stat.S_IFDIR => FileKind.Directory,
        Stat.S_IFREG => FileKind.Regular,
        _ => FileKind.Other,
    };
}

/// <summary>The kind of a file, as far as it matters here.</summary>
public enum FileKind
{
    /// <summary>A device or a pipe.</summary>
    Other,

    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A Unix socket.</summary>
    Socket,
}
