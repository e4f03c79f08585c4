using System.Runtime.InteropServices;

namespace Culvert.Plugins.Tun.Linux.Interop;

/// <summary><c>linux/virtio_net.h</c>: the header in front of each packet that crosses the device's file.</summary>
internal static class VirtioNet
{
    /// <summary>The transport checksum is partial: complete it from <c>csum_start</c> on.</summary>
    public const byte VIRTIO_NET_HDR_F_NEEDS_CSUM = 1;

    public const byte VIRTIO_NET_HDR_GSO_NONE = 0;
    public const byte VIRTIO_NET_HDR_GSO_TCPV4 = 1;
    public const byte VIRTIO_NET_HDR_GSO_TCPV6 = 4;
    public const byte VIRTIO_NET_HDR_GSO_UDP_L4 = 5;

    /// <summary>A bit beside the type: the first packet has CWR set.</summary>
    public const byte VIRTIO_NET_HDR_GSO_ECN = 0x80;

    /// <summary>
    /// <c>struct virtio_net_hdr</c>, the form of 10 bytes; numbers in the machine's own byte order, as a TUN has it by default.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Header
    {
        /// <summary>The size in bytes: what <c>TUNSETVNETHDRSZ</c> is set to.</summary>
        public const int Size = 10;

        /// <summary><c>VIRTIO_NET_HDR_F_…</c></summary>
        public byte flags;

        /// <summary><c>VIRTIO_NET_HDR_GSO_…</c></summary>
        public byte gso_type;

        /// <summary>From the kernel only a hint, often more than the headers; to the kernel: all headers together, in bytes.</summary>
        public ushort hdr_len;

        /// <summary>The payload of each packet that a super-packet stands for, but for a shorter last one, in bytes.</summary>
        public ushort gso_size;

        /// <summary>The offset where checksumming starts, in bytes from the packet's start: the transport header.</summary>
        public ushort csum_start;

        /// <summary>The offset of the checksum, in bytes from <c>csum_start</c>.</summary>
        public ushort csum_offset;
    }
}
