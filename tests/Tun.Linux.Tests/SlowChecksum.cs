namespace Tun.Linux.Tests;

/// <summary>The Internet checksum two bytes at a time, as RFC 1071 tells it: the slow, obvious twin.</summary>
internal static class SlowChecksum
{
    /// <summary>The one's complement sum of all pieces, each of which starts at an even place; 0xFFFF when a checksum inside holds.</summary>
    public static int Sum(params byte[][] pieces)
    {
        var sum = 0;
        foreach (var piece in pieces)
        {
            for (var i = 0; i < piece.Length; i++)
            {
                sum += i % 2 == 0 ? piece[i] << 8 : piece[i];
                sum = (sum & 0xFFFF) + (sum >> 16);
            }
        }

        return sum;
    }

    /// <summary>True when the TCP or UDP checksum of a packet without IP options or extension headers holds, and IPv4's.</summary>
    public static bool Holds(byte[] packet)
    {
        if (packet[0] >> 4 == 4)
        {
            byte[] pseudo = [.. packet[12..20], 0, packet[9], (byte)((packet.Length - 20) >> 8), (byte)(packet.Length - 20)];
            return Sum(packet[..20]) == 0xFFFF && Sum(pseudo, packet[20..]) == 0xFFFF;
        }

        byte[] pseudo6 = [.. packet[8..40], 0, 0, (byte)((packet.Length - 40) >> 8), (byte)(packet.Length - 40), 0, 0, 0, packet[6]];
        return Sum(pseudo6, packet[40..]) == 0xFFFF;
    }

    /// <summary>Gives a packet without IP options or extension headers the checksums that hold.</summary>
    public static byte[] Fill(byte[] packet)
    {
        var isIpv4 = packet[0] >> 4 == 4;
        var start = isIpv4 ? 20 : 40;
        var protocol = isIpv4 ? packet[9] : packet[6];
        var field = start + (protocol == 6 ? 16 : 6);
        packet[field] = packet[field + 1] = 0;
        var length = packet.Length - start;
        byte[] addresses = isIpv4 ? packet[12..20] : packet[8..40];
        var sum = ~Sum([.. addresses, 0, protocol, (byte)(length >> 8), (byte)length], packet[start..]) & 0xFFFF;
        sum = sum == 0 && protocol == 17 ? 0xFFFF : sum;
        (packet[field], packet[field + 1]) = ((byte)(sum >> 8), (byte)sum);
        if (isIpv4)
        {
            packet[10] = packet[11] = 0;
            var header = ~Sum(packet[..20]) & 0xFFFF;
            (packet[10], packet[11]) = ((byte)(header >> 8), (byte)header);
        }

        return packet;
    }
}
