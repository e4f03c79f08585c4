using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Wire;
using Tools.Tests.Captures;
using VerifyXunit;

namespace Tools.Tests.Replay;

/// <summary>Both ends of a tunnel in one process: what goes in at one site comes out at the other, the same each time.</summary>
public sealed class TwinReplayTests
{
    // Fits the file's form; the twin gives both sites keys of its own.
    private const string AnyKey = "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private const string PeerKey = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";

    private static readonly string[] Hostile = ["--loss", "3%", "--reorder", "0.05", "--duplicate", "2%", "--seed", "7"];

    [Theory]
    [InlineData("wireguard")]
    [InlineData("aes-256-gcm")]
    public async Task EveryPacketCrossesAPerfectLinkAndIsClampedOnce(string suite)
    {
        using var folder = new ScratchFolder();
        var input = folder.Write("in.pcap", Traffic(200));
        var output = folder.File("out.pcap");
        var (code, report, error) = await CommandLine.Run("replay", "--twin", "--in", input, "--out", output, Encrypted(folder, suite));
        Assert.Equal((0, ""), (code, error));
        var before = CaptureReaderTests.ReadAll(await File.ReadAllBytesAsync(input), out _);
        var after = CaptureReaderTests.ReadAll(await File.ReadAllBytesAsync(output), out _);
        Assert.Equal(200, after.Count);
        foreach (var (sent, got) in before.Zip(after))
        {
            var clamped = Syn(1400).SequenceEqual(Convert.FromHexString(got.Data));
            Assert.True(got.Data == sent.Data || clamped, report);
            Assert.Equal(sent.Timestamp, got.Timestamp);
        }

        Assert.Equal(20, after.Count(record => Convert.FromHexString(record.Data).SequenceEqual(Syn(1400))));
    }

    [Fact]
    public async Task AHostileLinkGivesTheSameBytesEachTime()
    {
        using var folder = new ScratchFolder();
        var input = folder.Write("in.pcap", Traffic(2000));
        var pipeline = Encrypted(folder, "wireguard");
        var (code, first, error) = await CommandLine.Run(
            ["replay", "--twin", "--in", input, "--out", folder.File("1.pcap"), .. Hostile, pipeline]);
        var (_, second, _) = await CommandLine.Run(
            ["replay", "--twin", "--in", input, "--out", folder.File("2.pcap"), .. Hostile, pipeline]);
        var (_, other, _) = await CommandLine.Run(
            ["replay", "--twin", "--in", input, "--out", folder.File("3.pcap"), .. Hostile[..^1], "8", pipeline]);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(await File.ReadAllBytesAsync(folder.File("1.pcap")), await File.ReadAllBytesAsync(folder.File("2.pcap")));
        Assert.NotEqual(await File.ReadAllBytesAsync(folder.File("1.pcap")), await File.ReadAllBytesAsync(folder.File("3.pcap")));
        Assert.Equal(first, second.Replace("2.pcap", "1.pcap", StringComparison.Ordinal));
        Assert.NotEqual(first, other);
        // The stages' own counters are their tests' business.
        var lines = first.Replace(folder.Path, "", StringComparison.Ordinal).Split('\n');
        var link = Array.IndexOf(lines, "link");
        await Verifier.Verify(string.Join('\n', [lines[0], .. lines[link..(link + 4)]]));
    }

    /// <summary>The first packet waits in 'encrypt' for the handshake; it keeps its Ethernet header all the same.</summary>
    [Theory]
    [InlineData("out.pcap")]
    [InlineData("out.pcapng")]
    public async Task PacketsThatWaitKeepTheirLinkHeader(string name)
    {
        using var folder = new ScratchFolder();
        byte[] first = PacketBuilder.Ipv4().Ethernet().Tcp(flags: TcpFlags.Syn).Mss(1000).Build();
        byte[] second = PacketBuilder.Ipv6().Ethernet(7).Udp().Payload(40).Build();
        var input = folder.Write("in.pcap", CaptureBytes.Pcap(bigEndian: false, nanoseconds: false, linkType: 1)
            .PcapRecord(1, 1, first).PcapRecord(2, 1, second).ToArray());
        var (code, _, error) = await CommandLine.Run("replay", "--twin", "--in", input, "--out", folder.File(name), Encrypted(folder, "wireguard"));
        Assert.Equal((0, ""), (code, error));
        var written = Convert.ToHexString(await File.ReadAllBytesAsync(folder.File(name)));
        Assert.Contains(Convert.ToHexString(first), written, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexString(second), written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUnencryptedPipelineHasATwinToo()
    {
        using var folder = new ScratchFolder();
        var jumbo = PacketBuilder.Ipv4().Udp().Payload(9000).Build();
        byte[] arp = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 6, 0, 1];
        var bytes = CaptureBytes.Pcap(bigEndian: false, nanoseconds: false, linkType: 1)
            .PcapRecord(1, 1, PacketBuilder.Ipv4().Ethernet(9).Tcp(flags: TcpFlags.Syn).Mss(8961).Build())
            .PcapRecord(2, 1, arp).PcapRecord(3, 1, [.. arp[..12], 8, 0, .. jumbo]);
        var (code, json, _) = await CommandLine.Run(
            "replay", "--twin", "--in", folder.Write("in.pcap", bytes.ToArray()), "--out", folder.File("out.pcap"), "--format", "json",
            folder.WritePipeline());
        var report = JsonNode.Parse(json)!;
        Assert.Equal(0, code);
        Assert.Equal((3, 1, 1, 1), (Number(report, "read"), Number(report, "written"), Number(report, "not-ip"), Number(report, "over-mtu")));
        Assert.Equal(1, Number(report["link"]!["a-to-b"]!, "too-large"));
        var record = Assert.Single(CaptureReaderTests.ReadAll(await File.ReadAllBytesAsync(folder.File("out.pcap")), out _));
        Assert.Equal(Convert.ToHexString(PacketBuilder.Ipv4().Ethernet(9).Tcp(flags: TcpFlags.Syn).Mss(1405).Build()), record.Data);
    }

    [Theory]
    [InlineData("--loss", "5%")]
    [InlineData("--seed", "3")]
    [InlineData("--twin", "--direction", "inbound")]
    [InlineData("--twin", "--loss", "101%")]
    [InlineData("--twin", "--reorder", "-0.1")]
    [InlineData("--twin", "--duplicate", "some")]
    public async Task WrongOptionsAreAWrongCommandLine(params string[] options)
    {
        using var folder = new ScratchFolder();
        var input = folder.Write("in.pcap", Traffic(1));
        var (code, _, error) = await CommandLine.Run(["replay", "--in", input, .. options, folder.WritePipeline()]);
        Assert.Equal(2, code);
        Assert.Contains(options[^2].StartsWith("--", StringComparison.Ordinal) ? options[^2] : options[0], error, StringComparison.Ordinal);
    }

    private static int Number(JsonNode node, string key) => node[key]!.GetValue<int>();

    private static byte[] Syn(ushort mss) => PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn).Mss(mss).Build();

    private static byte[] Traffic(int count) => Explain.ExplainCommandTests.Pcap(
        [.. Enumerable.Range(0, count).Select(i => i % 10 == 0 ? Syn(8961) : PacketBuilder.Ipv4().Tcp().Payload(i % 1200).Build())]);

    private static string Encrypted(ScratchFolder folder, string suite) => folder.Write("encrypted.yaml", $$"""
        plugin-paths: ["{{CommandLine.Plugins}}"]
        stages:
          - {stage: tun, device: culvert0}
          - {stage: mss-clamp, mss: {ipv4: 1400, ipv6: 1380} }
          - {stage: checksum-guard}
          - stage: encrypt
            private-key: {{AnyKey}}
            suite: {{suite}}
            peers:
              - {public-key: {{PeerKey}}, endpoint: "203.0.113.7:51820", allowed-ips: [10.99.0.2/32]}
          - {stage: udp, listen: "0.0.0.0:51820"}
        """);
}
