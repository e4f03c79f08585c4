using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Wire;
using Tools.Tests.Captures;
using VerifyXunit;

namespace Tools.Tests.Conditions;

/// <summary>How the commands show an entry's <c>when</c>.</summary>
public sealed class ConditionOutputTests
{
    private const string Stages = "  - {stage: mss-clamp, mss: 1405, when: tcp port 443 or 8443}\n  - {stage: checksum-guard, when: not icmp}";

    private static readonly byte[] Web = PacketBuilder.Ipv4().Tcp(40000, 443, TcpFlags.Syn).Mss(8961).Build();
    private static readonly byte[] Mail = PacketBuilder.Ipv4().Tcp(40000, 25, TcpFlags.Syn).Mss(8961).Build();
    private static readonly byte[] Ping = PacketBuilder.Ipv4().Icmp(8).Build();

    [Fact]
    public async Task Check_prints_the_expression()
    {
        using var folder = new ScratchFolder();
        var (code, output, error) = await CommandLine.Run("check", folder.WritePipeline(Stages));
        var (_, json, _) = await CommandLine.Run("check", folder.WritePipeline(Stages), "--format", "json");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("'mss-clamp' when: tcp port 443 or tcp port 8443\n'checksum-guard' when: not icmp\n", output, StringComparison.Ordinal);
        Assert.Equal("not icmp", JsonNode.Parse(json)!["stages"]![2]!["when"]!.ToString());
    }

    [Fact]
    public async Task Explain_shows_packets_that_passed_by()
    {
        using var folder = new ScratchFolder();
        var capture = folder.Write("in.pcap", Capture(Web, Mail, Ping));
        var (code, output, error) = await CommandLine.Run("explain", "--in", capture, folder.WritePipeline(Stages));
        var (_, changed, _) = await CommandLine.Run("explain", "--in", capture, "--changed", "--format", "json", folder.WritePipeline(Stages));
        Assert.Equal((0, ""), (code, error));
        Assert.Equal([1], JsonNode.Parse(changed)!.AsArray().Select(story => (int)story!["packet"]!));
        await Verifier.Verify(output);
    }

    [Fact]
    public async Task Replay_counts_what_passed_by()
    {
        using var folder = new ScratchFolder();
        var capture = folder.Write("in.pcap", Capture(Web, Mail, Ping, Mail));
        var (code, output, error) = await CommandLine.Run("replay", "--in", capture, folder.WritePipeline(Stages));
        var (_, json, _) = await CommandLine.Run("replay", "--in", capture, "--format", "json", folder.WritePipeline(Stages));
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("  when tcp port 443 or tcp port 8443: 1 matched, 3 passed by\n", output, StringComparison.Ordinal);
        Assert.Contains("  when not icmp: 3 matched, 1 passed by\n", output, StringComparison.Ordinal);
        Assert.Equal(1, (int)JsonNode.Parse(json)!["stages"]![1]!["passed-by"]!);
    }

    private static byte[] Capture(params byte[][] packets) => packets.Aggregate(
        CaptureBytes.Pcap(bigEndian: false, nanoseconds: false, linkType: 101),
        (file, packet) => file.PcapRecord(1_700_000_000, 0, packet)).ToArray();
}
