using Culvert.Testing;
using Culvert.Wire;
using Fuzz.Tests.Engine;

namespace Fuzz.Tests.Targets;

/// <summary>
/// Calls of the packet builder, two bytes each: whatever it builds without being told to lie has right checksums and a header that says its length.
/// </summary>
internal sealed class BuilderTarget : FuzzTarget
{
    public override IEnumerable<byte[]> Seeds =>
        [[0, 1, 4, 4, 2, 1, 0, 9, 7, 9, 3], [1, 1, 2, 4, 0, 2, 4, 3, 1, 2, 9], [1, 7, 0, 0, 1, 3, 5, 9, 7], [0, 2, 6, 6, 9], [1, 5, 3, 6, 9, 1]];

    public override int MaxLength => 32;

    public override void Run(byte[] input)
    {
        if (input.Length < 2)
        {
            return;
        }

        var builder = (input[0] & 1) == 0 ? PacketBuilder.Ipv4() : PacketBuilder.Ipv6();
        try
        {
            for (var i = 1; i + 1 < input.Length; i += 2)
            {
                Call(builder, input[i], input[i + 1]);
            }

            Check(builder.Build());
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or OverflowException)
        {
            // A wrong call throws: calls come in the order of the headers.
        }
    }

    private static void Call(PacketBuilder builder, byte what, byte value) => _ = (what % 18) switch
    {
        0 => builder.HopByHop(new byte[value & 31]),
        1 => builder.DestinationOptions(new byte[value]),
        2 => builder.Routing(value, (byte)(value & 1), "2001:db8::9"),
        3 => builder.AuthenticationHeader(),
        4 => builder.TrafficClass(value),
        5 => builder.HopLimit(value),
        6 => builder.Identification(value),
        7 => builder.FlowLabel(value),
        8 => builder.IpOptions(new byte[value & 31]),
        9 => builder.Tcp(value, flags: (TcpFlags)value),
        10 => builder.Udp(value),
        11 => builder.Ping(value, value),
        12 => builder.Mss(value),
        13 => builder.Timestamps(value, value),
        14 => builder.TcpOptionBytes(new byte[value & 15]),
        15 => builder.Window(value, value),
        16 => builder.Icmp(value, value, value),
        _ => builder.Payload((int)value),
    };

    private static void Check(byte[] packet)
    {
        Assert.True(IpView.TryParse(packet, out var ip));
        Assert.Equal(packet.Length, ip.Length);
        Assert.True(!ip.TryAsIpv4(out var v4) || v4.IsHeaderChecksumValid);
        Assert.NotEqual(ChecksumVerdict.Bad, PacketChecksums.JudgeTransport(ip).Verdict);
    }
}
