using System.Buffers.Binary;
using Culvert.Wire;

namespace Framework.Tests.Wire;

/// <summary>
/// Checksums the obvious way, one word at a time, from a packet's bytes. A residual is the one's complement sum over everything that a
/// checksum covers, the checksum included: 0 when it is right, otherwise the amount by which it is wrong.
/// </summary>
internal static class SlowChecksums
{
    /// <summary>The residual of the IPv4 header checksum; 0 for IPv6.</summary>
    public static int Header(ReadOnlySpan<byte> packet) => packet[0] >> 4 == 4 ? Add(packet[..((packet[0] & 0xF) * 4)]) % 65535 : 0;

    /// <summary>The residual of the transport checksum.</summary>
    /// <param name="packet">The packet; not truncated.</param>
    /// <param name="transport">The offset of the transport header.</param>
    /// <param name="protocol">The transport's protocol.</param>
    /// <param name="finalDestination">The offset of the final destination; 0 for the header's own.</param>
    public static int Transport(ReadOnlySpan<byte> packet, int transport, IpProtocol protocol, int finalDestination = 0)
    {
        var message = packet[transport..];
        if (protocol == IpProtocol.Icmp)
        {
            return Add(message) % 65535;
        }

        var (source, length) = packet[0] >> 4 == 4 ? (12, 4) : (8, 16);
        var destination = finalDestination == 0 ? source + length : finalDestination;
        Span<byte> pseudo = stackalloc byte[40];
        packet.Slice(source, length).CopyTo(pseudo);
        packet.Slice(destination, length).CopyTo(pseudo[length..]);
        BinaryPrimitives.WriteUInt32BigEndian(pseudo[(2 * length)..], (uint)message.Length);
        pseudo[(2 * length) + 7] = (byte)protocol;
        return (Add(pseudo[..((2 * length) + 8)]) + Add(message)) % 65535;
    }

    private static int Add(ReadOnlySpan<byte> data)
    {
        var sum = 0;
        for (var i = 0; i < data.Length; i++)
        {
            sum = (sum + (data[i] << ((i & 1) == 0 ? 8 : 0))) % 65535;
        }

        return sum;
    }
}
