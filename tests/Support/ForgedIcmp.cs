using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Tests.Support;

/// <summary>An ICMP message that anybody may send: it takes two addresses and two ports, and no secret.</summary>
public static class ForgedIcmp
{
    /// <summary>Sends "fragmentation needed" (RFC 1191) about a UDP datagram to the one that is said to have sent it.</summary>
    /// <param name="sender">The quoted datagram's source, which gets the message: ADDRESS:PORT, IPv4.</param>
    /// <param name="destination">Its destination.</param>
    /// <param name="mtu">The MTU that is claimed, in bytes.</param>
    public static void FragmentationNeeded(string sender, string destination, int mtu)
    {
        var (from, to) = (IPEndPoint.Parse(sender), IPEndPoint.Parse(destination));
        var message = new byte[8 + 20 + 8];
        message[0] = 3;
        message[1] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), (ushort)mtu);
        var quoted = message.AsSpan(8);
        quoted[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(quoted[2..], 1500);
        quoted[6] = 0x40;
        quoted[8] = 60;
        quoted[9] = 17;
        from.Address.TryWriteBytes(quoted[12..], out _);
        to.Address.TryWriteBytes(quoted[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(quoted[10..], Checksum(quoted[..20]));
        BinaryPrimitives.WriteUInt16BigEndian(quoted[20..], (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(quoted[22..], (ushort)to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(quoted[24..], 1480);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum(message));
        using var raw = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
        raw.SendTo(message, new IPEndPoint(from.Address, 0));
    }

    private static ushort Checksum(ReadOnlySpan<byte> data)
    {
        var sum = 0;
        for (var i = 0; i < data.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(data[i..]);
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
