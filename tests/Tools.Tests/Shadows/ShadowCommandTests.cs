using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Wire;
using Tools.Tests.Captures;

namespace Tools.Tests.Shadows;

/// <summary>What the commands show of an entry with <c>shadow</c>, and the law that it changes no traffic.</summary>
public sealed class ShadowCommandTests : IDisposable
{
    private const string OldClamp = "stage: old-clamp";

    private const string Reported = "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfe7710000020423010402080a0862af40081b5bcd01030307";

    private readonly ScratchFolder _folder = new();

    /// <summary>Each stage of the program that takes and produces IP packets.</summary>
    public static TheoryData<string> Stages =>
    [
        "stage: mss-clamp, mss: 1360, insert-missing: true",
        "stage: checksum-guard, on-bad: repair",
        "stage: filter, default: drop, rules: [{allow: tcp}, {reject: udp dst port 53}]",
        "stage: nat, masquerade: 192.0.2.1",
        "stage: nat, map: {10.0.0.0/24: 10.1.1.0/24}",
        "stage: police, rate: 64kbit, burst: 50ms",
        "stage: dscp, set: 46",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task Traffic_is_the_same_byte_for_byte_with_and_without(string stage)
    {
        var capture = Capture([.. RandomPackets(seed: 5).Take(600)]);
        foreach (var direction in new[] { "outbound", "inbound" })
        {
            var (bare, _) = await Replay($"  - {{{stage}}}", capture, direction);
            var (shadowed, report) = await Replay($"  - {{{stage}, shadow: {{{OldClamp}}}}}", capture, direction);
            Assert.Equal(bare, shadowed);
            var shadow = report["stages"]![0]!["shadow"]!;
            Assert.Equal(600, (int)shadow["compared"]!);
            Assert.NotEmpty(shadow["differences"]!.AsArray());
        }
    }

    [Fact]
    public async Task A_stage_beside_itself_does_not_differ()
    {
        var capture = Capture([.. RandomPackets(seed: 6).Take(600)]);
        foreach (var stage in Stages)
        {
            var (_, report) = await Replay($"  - {{{stage.Data}, shadow: {{stage: {stage.Data.Split([' ', ','])[1]}}}}}", capture, "outbound");
            Assert.Equal((600, 0), ((int)report["stages"]![0]!["shadow"]!["compared"]!, (int)report["stages"]![0]!["shadow"]!["different"]!));
        }
    }

    [Fact]
    public async Task A_tenth_of_the_flows_is_a_tenth_of_the_packets()
    {
        var packets = Enumerable.Range(0, 1000).SelectMany(i => Enumerable.Repeat(PacketBuilder.Ipv4().Udp((ushort)(2000 + i)).Build(), 3));
        var (_, report) = await Replay($"  - {{stage: mss-clamp, shadow: {{{OldClamp}, sample: 0.1}}}}", Capture([.. packets]), "outbound");
        var compared = (int)report["stages"]![0]!["shadow"]!["compared"]!;
        Assert.InRange(compared, 200, 400);
        Assert.Equal(0, compared % 3);
    }

    [Fact]
    public async Task Explain_shows_the_difference()
    {
        var file = Write($"  - {{stage: mss-clamp, mss: 1405, shadow: {{{OldClamp}}}}}");
        var (code, output, error) = await CommandLine.Run("explain", file, "--hex", Reported);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("TCP checksum e771 → 04f6\n", output, StringComparison.Ordinal);
        Assert.Contains("shadow differs: TCP checksum 04f6 → 04f5\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_and_check_show_the_candidate()
    {
        var file = Write($"  - {{stage: mss-clamp, mss: 1405, shadow: {{{OldClamp}, sample: 1}}}}");
        var syn = Convert.FromHexString(Reported);
        var (code, output, _) = await CommandLine.Run("replay", "--in", Capture(syn, syn, PacketBuilder.Ipv4().Udp().Build()), file);
        Assert.Equal(0, code);
        Assert.Matches(
            "shadow old-clamp, sample 1: 3 compared, 2 differ, [0-9]+ ns a packet\n"
            + "    2  changed TCP checksum\n"
            + "        first: outbound, TCP 10\\.80\\.0\\.112:80 > 172\\.18\\.128\\.9:42319 \\[S\\.\\] mss 8961, 60 bytes: TCP checksum 04f6 → 04f5\n",
            output);
        var (_, chain, _) = await CommandLine.Run("check", file);
        Assert.Contains("'mss-clamp' shadow: old-clamp, sample 1\n", chain, StringComparison.Ordinal);
    }

    private static IEnumerable<byte[]> RandomPackets(int seed)
    {
        var random = new Random(seed);
        while (true)
        {
            var ip = random.Next(3) == 0 ? PacketBuilder.Ipv6() : PacketBuilder.Ipv4($"10.0.0.{random.Next(1, 250)}").TrafficClass((byte)random.Next(256));
            var (port, size) = ((ushort)random.Next(1, 65536), random.Next(0, 1300));
            var packet = random.Next(6) switch
            {
                0 => ip.Tcp(port, flags: TcpFlags.Syn).Mss((ushort)random.Next(65536)).Sequence((uint)random.Next()).Build(),
                1 => ip.Tcp(port, flags: (TcpFlags)random.Next(256)).Mss((ushort)random.Next(65536)).Nop().Payload(size).Build(),
                2 => ip.Udp(port).ChecksumError((ushort)random.Next(3)).Payload(size).Build(),
                3 => ip.Ping(port, 1).Payload(size).Build(),
                4 => ip.Tcp(port, flags: TcpFlags.Syn).TcpOptionBytes(2, 4, (byte)random.Next(256), 0, 1, 1).Payload(size).Build(),
                _ => ip.Udp(port, (ushort)(random.Next(2) == 0 ? 53 : 80)).Payload(size).Build(),
            };
            for (var flips = random.Next(4) == 0 ? random.Next(1, 4) : 0; flips > 0; flips--)
            {
                packet[random.Next(packet.Length)] ^= (byte)(1 << random.Next(8));
            }

            yield return random.Next(10) == 0 ? packet[..random.Next(1, packet.Length)] : packet;
        }
    }

    private string Write(string stages)
    {
        var path = _folder.WritePipeline(stages);
        var own = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(CommandLine.Plugins)!)!)!, "OldClamp");
        var dll = Path.Combine(own, Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)), "OldClamp.dll");
        return _folder.Write("pipeline.yaml", File.ReadAllText(path).Replace("plugin-paths: [", $"plugin-paths: [\"{dll}\", ", StringComparison.Ordinal));
    }

    private async Task<(byte[] Output, JsonNode Report)> Replay(string stages, string capture, string direction)
    {
        var result = _folder.File("out.pcap");
        var (code, output, error) = await CommandLine.Run(
            "replay", "--in", capture, "--out", result, "--direction", direction, "--format", "json", Write(stages));
        Assert.Equal((0, ""), (code, error));
        return (File.ReadAllBytes(result), JsonNode.Parse(output)!);
    }

    private string Capture(params byte[][] packets)
    {
        var bytes = CaptureBytes.Pcap(bigEndian: false, nanoseconds: false, 101);
        foreach (var (number, packet) in packets.Index())
        {
            bytes.PcapRecord((uint)(number / 10), 0, packet);
        }

        return _folder.Write("in.pcap", bytes.ToArray());
    }
}
