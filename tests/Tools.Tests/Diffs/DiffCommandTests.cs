using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Wire;
using Tools.Tests.Captures;

namespace Tools.Tests.Diffs;

/// <summary><c>culvert diff</c>: what differs, and whose doing it is.</summary>
public sealed class DiffCommandTests : IDisposable
{
    private const string Clamp = "  - {stage: mss-clamp, mss: {ipv4: 1405, ipv6: 1385}}\n";
    private const string Smaller = "  - {stage: mss-clamp, mss: 1360}\n";
    private const string Guard = "  - {stage: checksum-guard}";

    private static readonly byte[] Syn = PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn).Mss(8961).Build();
    private static readonly byte[] Segment = PacketBuilder.Ipv4().Tcp().Payload(500).Build();
    private static readonly byte[] Bad = PacketBuilder.Ipv4().Udp().ChecksumError(1).Payload(30).Build();

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Equal_pipelines_do_not_differ()
    {
        var (code, report) = await Compare(Clamp + Guard, Clamp + Guard, Syn, Segment, Bad);
        Assert.Equal(0, code);
        Assert.Equal(3, (int)report["compared"]!);
        Assert.Empty(report["groups"]!.AsArray());
        Assert.Empty(report["counters"]!.AsArray());
    }

    [Fact]
    public async Task Another_option_is_a_difference_of_its_stage()
    {
        var (code, report) = await Compare(Clamp + Guard, Smaller + Guard, Syn, Segment, Syn, Bad);
        Assert.Equal(1, code);
        var group = report["groups"]!.AsArray().Single()!;
        Assert.Equal(("mss-clamp", "changed MSS, TCP checksum", 2, 1), (Text(group, "stage"), Text(group, "kind"), (int)group["packets"]!, (int)group["first"]!));
        Assert.StartsWith("MSS 1405 → 1360, TCP checksum ", Text(group, "changes"), StringComparison.Ordinal);
        Assert.Equal("TCP 10.0.0.1:40000 > 10.0.0.2:443", Text(group["flows"]!.AsArray().Single()!, "flow"));
    }

    [Fact]
    public async Task A_stage_that_is_new_or_gone_is_named_and_its_counters_differ()
    {
        var (_, added) = await Compare(Guard, Clamp + Guard, Syn, Segment);
        var (_, gone) = await Compare(Clamp + Guard, Guard, Syn, Segment);
        Assert.Equal("mss-clamp", Text(added["groups"]!.AsArray().Single()!, "stage"));
        Assert.Equal("mss-clamp", Text(gone["groups"]!.AsArray().Single()!, "stage"));
        Assert.Contains(added["counters"]!.AsArray(), counter => Text(counter!, "name") == "clamped (outbound, ipv4)" && counter!["old"] is null && (int)counter["new"]! == 1);
    }

    [Fact]
    public async Task Another_fate_is_told_from_both_sides()
    {
        var (code, report) = await Compare(Clamp + Guard, Clamp + "  - {stage: checksum-guard, on-bad: pass}", Syn, Bad);
        var group = report["groups"]!.AsArray().Single()!;
        Assert.Equal((1, "checksum-guard", "dropped by checksum-guard as bad-checksum (outbound, udp) → left"), (code, Text(group, "stage"), Text(group, "kind")));
    }

    [Fact]
    public async Task Several_captures_and_a_text_report()
    {
        var (old, now, capture) = (Write("old.yaml", Clamp + Guard), Write("new.yaml", Smaller + Guard), Capture(Syn));
        var (code, output, error) = await CommandLine.Run("diff", old, now, "--in", capture, "--in", capture);
        Assert.Equal((1, ""), (code, error));
        Assert.StartsWith("mss-clamp: changed MSS, TCP checksum: 2 packets\n  packet 1: TCP 10.0.0.1:40000 > 10.0.0.2:443 [S] mss 1360, 44 bytes\n", output, StringComparison.Ordinal);
        Assert.EndsWith("\n2 IP packets compared: 2 differ, 0 counters differ\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_of_both_files_are_told()
    {
        var (old, now) = (Write("old.yaml", "  - {stage: hugo}"), Write("new.yaml", "  - {stage: emil}"));
        var (code, _, error) = await CommandLine.Run("diff", old, now, "--in", Capture(Syn));
        Assert.Equal(2, code);
        Assert.Contains("hugo", error, StringComparison.Ordinal);
        Assert.Contains("emil", error, StringComparison.Ordinal);
    }

    private static string Text(JsonNode node, string key) => (string)node[key]!;

    private string Capture(params byte[][] packets)
    {
        var bytes = CaptureBytes.Pcap(bigEndian: false, nanoseconds: false, 101);
        foreach (var packet in packets)
        {
            bytes.PcapRecord(1, 0, packet);
        }

        return _folder.Write("in.pcap", bytes.ToArray());
    }

    private string Write(string name, string stages)
    {
        var path = _folder.WritePipeline(stages);
        return _folder.Write(name, File.ReadAllText(path));
    }

    private async Task<(int Code, JsonNode Report)> Compare(string old, string now, params byte[][] packets)
    {
        var (code, output, error) = await CommandLine.Run(
            "diff", Write("old.yaml", old), Write("new.yaml", now), "--in", Capture(packets), "--format", "json");
        Assert.Equal("", error);
        return (code, JsonNode.Parse(output)!);
    }
}
