using System.Diagnostics;
using System.Net;
using Culvert.Testing;
using Culvert.Tests.Support;
using Culvert.Wire;
using Tools.Tests.Explain;

namespace Tools.Tests.Output;

/// <summary>
/// Rewritten packets, rewritten quotes and written answers, judged by tcpdump: every checksum that it checks is right, the quoted ones
/// included. The same packets with one byte changed behind the checksum's back are its proof that it looks.
/// </summary>
public sealed class RewriteVerdictTests
{
    private static readonly byte[] NewIpv4 = [198, 51, 100, 77];
    private static readonly byte[] NewIpv6 = IPAddress.Parse("2001:db8:77::7").GetAddressBytes();

    private static byte[][] Packets =>
    [
        Rewritten(PacketBuilder.Ipv4().Tcp(40000, 40001, TcpFlags.Syn).Mss(1460).Payload(7)),
        Rewritten(PacketBuilder.Ipv4().IpOptions(1, 1, 1, 1).Udp(40000, 40001).Payload(7)),
        Rewritten(PacketBuilder.Ipv4().Ping(7, 1).Payload(9)),
        Rewritten(PacketBuilder.Ipv6().Tcp(40000, 40001, TcpFlags.Syn).Mss(1440).Payload(7)),
        Rewritten(PacketBuilder.Ipv6().DestinationOptions().Udp(40000, 40001).Payload(7)),
        Rewritten(PacketBuilder.Ipv6().Ping(7, 1).Payload(9)),
        RewrittenQuote(PacketBuilder.Ipv4().Icmp(3, 3), PacketBuilder.Ipv4().Udp(40000, 40001).Payload(7)),
        RewrittenQuote(PacketBuilder.Ipv4().Icmp(11), PacketBuilder.Ipv4().Tcp(40000, 40001).Payload(7)),
        RewrittenQuote(PacketBuilder.Ipv6().Icmp(1, 4), PacketBuilder.Ipv6().Udp(40000, 40001).Payload(7)),
        RewrittenQuote(PacketBuilder.Ipv6().Icmp(3), PacketBuilder.Ipv6().Tcp(40000, 40001).Payload(7)),
        Answer(PacketBuilder.Ipv4().Udp(40000, 40001).Payload(7)),
        Answer(PacketBuilder.Ipv6().Udp(40000, 40001).Payload(7)),
        Answer(PacketBuilder.Ipv4().Tcp(40000, 40001, TcpFlags.Syn)),
        Answer(PacketBuilder.Ipv6().Tcp(40000, 40001, TcpFlags.Syn)),
    ];

    [Fact]
    public async Task Tcpdump_finds_every_checksum_right()
    {
        Requires.Tool("tcpdump");
        var text = await Tcpdump(Packets);
        Assert.DoesNotContain("bad", text, StringComparison.Ordinal);
        Assert.DoesNotContain("incorrect", text, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", text, StringComparison.Ordinal);
        Assert.True(Count(text, "(correct)") + Count(text, "sum ok]") >= 10, text);
        Assert.Equal(Packets.Length, Count(text, "IP6 (") + Count(text, "\nIP (") + (text.StartsWith("IP (", StringComparison.Ordinal) ? 1 : 0));
    }

    [Fact]
    public async Task Tcpdump_finds_a_damaged_twin_of_each_wrong()
    {
        Requires.Tool("tcpdump");
        foreach (var packet in Packets)
        {
            packet[^1] ^= 1;
            var text = await Tcpdump([packet]);
            Assert.True(
                text.Contains("bad", StringComparison.Ordinal) || text.Contains("incorrect", StringComparison.Ordinal)
                || text.Contains("wrong", StringComparison.Ordinal), text);
        }
    }

    private static byte[] Rewritten(PacketBuilder builder)
    {
        var packet = builder.Build();
        Assert.True(IpView.TryParse(packet, out var ip));
        ip.SetSource(ip.IsIpv4 ? NewIpv4 : NewIpv6);
        ip.SourcePort = 1234;
        ip.DestinationPort = 4321;
        ip.EchoIdentifier = 99;
        ip.HopLimit -= 3;
        ip.Dscp = 46;
        return packet;
    }

    private static byte[] RewrittenQuote(PacketBuilder error, PacketBuilder quoted)
    {
        var packet = error.Payload(quoted.Build()).Build();
        Assert.True(IpView.TryParse(packet, out var ip));
        Assert.True(IcmpQuote.TryParse(ip, out var quote));
        ip.SetDestination(ip.IsIpv4 ? NewIpv4 : NewIpv6);
        quote.SetSource(ip.IsIpv4 ? NewIpv4 : NewIpv6);
        quote.SourcePort = 1234;
        return packet;
    }

    private static byte[] Answer(PacketBuilder builder)
    {
        Assert.True(IpView.TryParse(builder.Build(), out var ip));
        var answer = new byte[IcmpError.MaxLength];
        var length = ip.Protocol == IpProtocol.Tcp ? TcpReset.Write(ip, answer) : IcmpError.HostUnreachable.Write(ip, answer);
        return answer[..length];
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static async Task<string> Tcpdump(byte[][] packets)
    {
        using var folder = new ScratchFolder();
        var start = new ProcessStartInfo(Requires.Find("tcpdump")!) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = ["-n", "-t", "-vv", "-r", folder.Write("in.pcap", ExplainCommandTests.Pcap(packets))];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return text;
    }
}
