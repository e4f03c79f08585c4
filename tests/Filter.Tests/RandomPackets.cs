using System.Net;
using Culvert.Testing;
using Culvert.Wire;

namespace Filter.Tests;

/// <summary>Packets that many expressions distinguish: few addresses, ports and types, many combinations.</summary>
internal sealed class RandomPackets(Random random)
{
    private static readonly string[] Ipv4 = ["10.0.0.1", "10.0.0.2", "192.168.1.2"];
    private static readonly string[] Ipv6 = ["2001:db8::1", "2001:db8::2", "2001:db8:0:8000::1"];

    public static string[] Addresses { get; } = [.. Ipv4, .. Ipv6];

    public static int[] Ports { get; } = [22, 53, 80, 443, 65535];

    /// <summary>
    /// A packet that tcpdump understands as Culvert does: IPv6 without extension headers, transport headers whole. See "Differences from
    /// tcpdump" in docs/reference/filter-language.md for the others.
    /// </summary>
    public byte[] Next()
    {
        var isIpv4 = random.Next(2) == 0;
        var pool = isIpv4 ? Ipv4 : Ipv6;
        var builder = PacketBuilder.Ip(IPAddress.Parse(Pick(pool)), IPAddress.Parse(Pick(pool)))
            .TrafficClass((byte)((Pick(0, 10, 46) << 2) | random.Next(4)));
        builder = random.Next(8) switch
        {
            0 or 1 or 2 => builder.Tcp(Port(), Port(), (TcpFlags)Pick(2, 16, 18, 24, 17, 20, 4)),
            3 or 4 => builder.Udp(Port(), Port()),
            5 or 6 => builder.Icmp((byte)(isIpv4 ? Pick(0, 3, 8, 11) : Pick(2, 128, 129, 135))),
            _ => builder.Protocol((IpProtocol)Pick(2, 50, 132)),
        };
        builder = builder.Payload(random.Next(8, 60));
        return (isIpv4 && random.Next(4) == 0 ? builder.Fragment(Pick(0, 0, 24), random.Next(2) == 0) : builder).Build();
    }

    private ushort Port() => (ushort)Pick(Ports);

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
}
