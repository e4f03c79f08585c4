namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>The kernel refused a request.</summary>
internal sealed class NetlinkException(int errno, string? kernelWords)
    : IOException(kernelWords is null ? Interop.Errno.Text(errno) : $"{Interop.Errno.Text(errno)}: {kernelWords}")
{
    /// <summary>The error's number, one of <see cref="Interop.Errno"/>'s.</summary>
    public int Errno { get; } = errno;

    /// <summary>Whether the kernel gave up a list that changed while it was made.</summary>
    public bool IsOvertaken { get; init; }
}
