using System.Text.Json.Nodes;
using Culvert.Tools.Captures;
using Culvert.Testing;
using Culvert.Wire;
using Tools.Tests.Captures;
using VerifyXunit;

namespace Tools.Tests.Replay;

/// <summary>Whole captures through the stages: what comes out, what is reported, and files that are wrong.</summary>
public sealed class ReplayCommandTests
{
    private static readonly byte[] Syn = PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn).Mss(8961).Build();
    private static readonly byte[] Segment = PacketBuilder.Ipv4().Tcp().Payload(500).Build();
    private static readonly byte[] Bad = PacketBuilder.Ipv4().Udp().ChecksumError(1).Payload(30).Build();
    private static readonly byte[] Jumbo = PacketBuilder.Ipv6().Udp().Payload(5000).Build();

    [Theory]
    [InlineData("outbound")]
    [InlineData("inbound")]
    public async Task ReportsWhatEachStageDid(string direction)
    {
        using var folder = new ScratchFolder();
        var input = folder.Write("in.pcap", ExplainPcap(Syn, Segment, Bad, Jumbo, [0x45], Segment[..60]));
        var (code, output, error) = await CommandLine.Run(
            "replay", "--in", input, "--out", folder.File("out.pcap"), "--direction", direction, folder.WritePipeline());
        Assert.Equal((0, ""), (code, error));
        await Verifier.Verify(output.Replace(folder.Path, "", StringComparison.Ordinal)).UseTextForParameters(direction);
    }

    [Fact]
    public async Task JsonSaysTheSame()
    {
        using var folder = new ScratchFolder();
        var input = folder.Write("in.pcap", ExplainPcap(Syn, Bad));
        var (code, output, _) = await CommandLine.Run("replay", "--in", input, "--format", "json", folder.WritePipeline());
        Assert.Equal(0, code);
        Assert.Equal(2, JsonNode.Parse(output)!["read"]!.GetValue<int>());
        await Verifier.Verify(output);
    }

    [Fact(DisplayName = "P11: frames keep their tags, times and length on the wire; what is no IP packet is copied")]
    public async Task FramesKeepAllButThePacket()
    {
        using var folder = new ScratchFolder();
        var tagged = PacketBuilder.Ipv4().Ethernet(7, 8).Tcp(flags: TcpFlags.Syn).Mss(8961).Padding(0, 0).Build();
        byte[] arp = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 6, 0, 1];
        byte[] unknown = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5, 9, 9];
        var cut = PacketBuilder.Ipv4().Ethernet().Tcp().Payload(100).Build();
        var bytes = CaptureBytes.Pcap(bigEndian: true, nanoseconds: false, (int)LinkType.Ethernet)
            .PcapRecord(10, 1, tagged).PcapRecord(11, 2, arp).PcapRecord(12, 3, unknown).PcapRecord(13, 4, cut[..70], original: cut.Length);
        var output = folder.File("out.pcap");
        var (code, _, _) = await CommandLine.Run(
            "replay", "--in", folder.Write("in.pcap", bytes.ToArray()), "--out", output, folder.WritePipeline());
        Assert.Equal(0, code);
        var records = CaptureReaderTests.ReadAll(await File.ReadAllBytesAsync(output), out _);
        var clamped = PacketBuilder.Ipv4().Ethernet(7, 8).Tcp(flags: TcpFlags.Syn).Mss(1405).Padding(0, 0).Build();
        Assert.Equal(
            [
                new(1, 10_000_001_000, LinkType.Ethernet, Convert.ToHexString(clamped), clamped.Length),
                new(2, 11_000_002_000, LinkType.Ethernet, Convert.ToHexString(arp), arp.Length),
                new(3, 12_000_003_000, LinkType.Ethernet, Convert.ToHexString(unknown), unknown.Length),
                new(4, 13_000_004_000, LinkType.Ethernet, Convert.ToHexString(cut[..70]), cut.Length),
            ],
            records);
    }

    [Fact]
    public async Task SeveralLinkTypesNeedAPcapNg()
    {
        using var folder = new ScratchFolder();
        var bytes = CaptureBytes.PcapNg(bigEndian: false).Interface(1).Interface(101)
            .Enhanced(0, 1, PacketBuilder.Ipv4().Ethernet().Tcp().Build()).Enhanced(1, 2, Syn);
        var input = folder.Write("in.pcapng", bytes.ToArray());
        var pipeline = folder.WritePipeline();
        var pcap = await CommandLine.Run("replay", "--in", input, "--out", folder.File("out.pcap"), pipeline);
        var pcapNg = await CommandLine.Run("replay", "--in", input, "--out", folder.File("out.pcapng"), pipeline);
        Assert.Equal(2, pcap.Code);
        Assert.Contains("a pcap file has frames of one link type, not of Ethernet and RawIp; write a .pcapng", pcap.Error, StringComparison.Ordinal);
        Assert.Equal(0, pcapNg.Code);
        var records = CaptureReaderTests.ReadAll(await File.ReadAllBytesAsync(folder.File("out.pcapng")), out _);
        Assert.Equal([LinkType.Ethernet, LinkType.RawIp], records.Select(record => record.LinkType));
    }

    [Fact]
    public async Task AMissingCaptureIsWrongInputAndSaysWhatToDo()
    {
        using var folder = new ScratchFolder();
        var missing = folder.File("nowhere.pcap");
        var (code, _, error) = await CommandLine.Run("replay", "--in", missing, folder.WritePipeline());
        Assert.Equal(2, code);
        Assert.Contains(missing, error, StringComparison.Ordinal);
        Assert.EndsWith("; give the path of a file that exists and that this user may open\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatWasGoodBeforeADamageIsKept()
    {
        using var folder = new ScratchFolder();
        var whole = ExplainPcap(Syn, Segment, Segment);
        var input = folder.Write("in.pcap", whole[..^3]);
        var output = folder.File("out.pcap");
        var (code, report, error) = await CommandLine.Run("replay", "--in", input, "--out", output, folder.WritePipeline());
        Assert.Equal(2, code);
        Assert.Equal(
            $"{input}: record 3 at byte 640: the file ends after 537 of the record's 540 bytes; the 2 records before it were replayed\n", error);
        Assert.Contains("2 frames read", report, StringComparison.Ordinal);
        Assert.Equal(2, CaptureReaderTests.ReadAll(await File.ReadAllBytesAsync(output), out var damage).Count);
        Assert.Null(damage);
    }

    [Fact]
    public async Task WrongFilesAreTold()
    {
        using var folder = new ScratchFolder();
        var pipeline = folder.WritePipeline();
        var text = folder.Write("text.pcap", "hello, world");
        var missing = await CommandLine.Run("replay", "--in", folder.File("none.pcap"), pipeline);
        var noCapture = await CommandLine.Run("replay", "--in", text, pipeline);
        var capture = folder.Write("in.pcap", ExplainPcap(Syn));
        var before = await File.ReadAllBytesAsync(capture);
        var same = await CommandLine.Run("replay", "--in", capture, "--out", Path.Combine(folder.Path, ".", "in.pcap"), pipeline);
        var file = await CommandLine.Run("replay", "--in", capture, "--out", pipeline, pipeline);
        Assert.Equal((2, 2, 2, 2), (missing.Code, noCapture.Code, same.Code, file.Code));
        Assert.Contains("none.pcap", missing.Error, StringComparison.Ordinal);
        Assert.Equal($"{text}: header at byte 0: it begins with 68656c6c: neither pcap nor pcapng\n", noCapture.Error);
        Assert.Contains("write to another file", same.Error, StringComparison.Ordinal);
        Assert.Contains("write to another file", file.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(capture));
    }

    [Fact]
    public async Task TwiceGivesTheSameBytes()
    {
        using var folder = new ScratchFolder();
        var input = folder.Write("in.pcap", ExplainPcap([.. Enumerable.Range(0, 300).Select(i => i % 3 == 0 ? Syn : Segment)]));
        var pipeline = folder.WritePipeline();
        var first = await CommandLine.Run("replay", "--in", input, "--out", folder.File("1.pcap"), pipeline);
        var second = await CommandLine.Run("replay", "--in", input, "--out", folder.File("2.pcap"), pipeline);
        Assert.Equal(await File.ReadAllBytesAsync(folder.File("1.pcap")), await File.ReadAllBytesAsync(folder.File("2.pcap")));
        Assert.Equal(first.Output.Replace("1.pcap", "2.pcap", StringComparison.Ordinal), second.Output);
        Assert.Contains("300 frames read, 300 written", first.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileWithoutIpStagesSaysSo()
    {
        using var folder = new ScratchFolder();
        var input = folder.Write("in.pcap", ExplainPcap(Syn));
        var (code, output, _) = await CommandLine.Run("replay", "--in", input, folder.WritePipeline(stages: ""));
        Assert.Equal(0, code);
        Assert.Contains("no stage in this file takes IP packets", output, StringComparison.Ordinal);
    }

    private static byte[] ExplainPcap(params byte[][] packets) => Explain.ExplainCommandTests.Pcap(packets);
}
