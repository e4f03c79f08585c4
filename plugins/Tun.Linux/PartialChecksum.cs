using System.Buffers.Binary;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Wire;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>
/// Completes a checksum that the host left to the device (virtio's NEEDS_CSUM): its field holds the sum of the pseudo-header, and what
/// follows <c>csum_start</c> has to be added. No stage sees a packet before that.
/// </summary>
internal static class PartialChecksum
{
    /// <summary>Completes it where the header asks for it.</summary>
    /// <param name="header">The packet's virtio header.</param>
    /// <param name="packet">The packet.</param>
    /// <returns>False when the header points outside of the packet; nothing is written then.</returns>
    public static bool TryComplete(in VirtioNet.Header header, Span<byte> packet)
    {
        if ((header.flags & VirtioNet.VIRTIO_NET_HDR_F_NEEDS_CSUM) == 0)
        {
            return true;
        }

        var start = (int)header.csum_start;
        var field = start + header.csum_offset;
        if (field + sizeof(ushort) > packet.Length)
        {
            return false;
        }

        // The field's own content, the pseudo-header's sum, counts as part of the data.
        var checksum = InternetChecksum.Compute(packet[start..]);
        if (header.csum_offset == UdpView.ChecksumOffset)
        {
            checksum = InternetChecksum.ToUdp(checksum);
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet[field..], checksum);
        return true;
    }
}
