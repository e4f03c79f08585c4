using System.Diagnostics;
using Culvert.Testing;
using Culvert.Tests.Support;
using Culvert.Wire;
using Tools.Tests.Explain;

namespace Tools.Tests.Output;

/// <summary>
/// A packet's text against tcpdump itself: for TCP and UDP they are the same, letter by letter, but that tcpdump leaves out the sequence
/// number of a segment that takes none.
/// </summary>
public sealed class TcpdumpTests
{
    private static readonly byte[][] Packets =
    [
        Convert.FromHexString("4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfe7710000020423010402080a0862af40081b5bcd01030307"),
        Convert.FromHexString("4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268df030100000204057d0402080a0862b134081b5bcd01030307"),
        PacketBuilder.Ipv4().TrafficClass(0x48).Tcp(40000, 40001, TcpFlags.Psh | TcpFlags.Ack | TcpFlags.Ece).Sequence(100, 200)
            .Nop().Nop().Option(TcpOptionKind.Sack, 0, 0, 0, 1, 0, 0, 0, 9).Payload(10).Build(),
        PacketBuilder.Ipv4().Identification(77).Tcp(40000, 40001, TcpFlags.Fin | TcpFlags.Urg).Window(9, 7).Build(),
        PacketBuilder.Ipv4().Tcp(40000, 40001, TcpFlags.Fin).ChecksumError(5).Build(),
        PacketBuilder.Ipv4().IpChecksum(0x1234).Tcp(40000, 40001, TcpFlags.Rst).Build(),
        PacketBuilder.Ipv4().Udp(40000, 40001).Payload(5).Build(),
        PacketBuilder.Ipv4().Udp(40000, 40001).Checksum(0).Payload(5).Build(),
        PacketBuilder.Ipv4().Udp(40000, 40001).ChecksumError(9).Payload(5).Build(),
        PacketBuilder.Ipv6().TrafficClass(4).FlowLabel(0xabcde).HopLimit(9).Tcp(40000, 40001, TcpFlags.Syn).Mss(1440).Build(),
        PacketBuilder.Ipv6().Udp(40000, 40001).Payload(5).Build(),
    ];

    [Fact]
    public async Task TheTextIsTcpdumps()
    {
        Requires.Tool("tcpdump");
        using var folder = new ScratchFolder();
        var capture = folder.Write("in.pcap", ExplainCommandTests.Pcap(Packets));
        var lines = (await Tcpdump(capture)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Packets.Select(OneLine), Join(lines));
    }

    // tcpdump writes an IPv6 packet on one line, an IPv4 packet on two.
    private static IEnumerable<string> Join(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            yield return lines[i].StartsWith("IP6", StringComparison.Ordinal) ? lines[i].TrimEnd() : $"{lines[i]} {lines[++i].Trim()}";
        }
    }

    private static string OneLine(byte[] packet) => PacketText.Describe(packet).Replace("\n    ", " ", StringComparison.Ordinal);

    private static async Task<string> Tcpdump(string capture)
    {
        var start = new ProcessStartInfo(Requires.Find("tcpdump")!) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = ["-n", "-t", "-S", "-vv", "-r", capture];
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
