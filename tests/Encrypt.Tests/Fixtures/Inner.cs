using System.Buffers.Binary;
using System.Net;

namespace Encrypt.Tests.Fixtures;

/// <summary>Inner packets: an IP header and a payload.</summary>
internal static class Inner
{
    /// <summary>A packet of either family.</summary>
    public static byte[] Packet(string source, string destination, int payload = 20)
    {
        var from = IPAddress.Parse(source).GetAddressBytes();
        var to = IPAddress.Parse(destination).GetAddressBytes();
        var header = from.Length == 4 ? 20 : 40;
        var packet = new byte[header + payload];
        for (var i = header; i < packet.Length; i++)
        {
            packet[i] = (byte)i;
        }

        if (header == 20)
        {
            packet[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            from.CopyTo(packet, 12);
            to.CopyTo(packet, 16);
        }
        else
        {
            packet[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)payload);
            from.CopyTo(packet, 8);
            to.CopyTo(packet, 24);
        }

        return packet;
    }
}
