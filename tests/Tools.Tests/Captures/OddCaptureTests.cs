using Culvert.Testing;
using Culvert.Tools.Captures;

namespace Tools.Tests.Captures;

/// <summary>Captures that contradict themselves, or that mix what a file seldom mixes, replayed: what cannot be understood is kept.</summary>
public sealed class OddCaptureTests
{
    private const int Wlan = 127;

    private static readonly byte[] Packet = PacketBuilder.Ipv4().Tcp().Mss(1460).Build();

    [Theory]
    [InlineData(1u, true)]
    [InlineData(1u, false)]
    [InlineData(0xfffffff0u, true)]
    [InlineData(0xfffffff0u, false)]
    [InlineData(0xfffffff0u, true, true)]
    public async Task A_length_on_the_wire_stays_as_the_file_states_it(uint original, bool pcapNg, bool twin = false)
    {
        var bytes = pcapNg
            ? CaptureBytes.PcapNg(bigEndian: false).Interface(101).Enhanced(0, 1, Packet, (int)original)
            : CaptureBytes.Pcap(bigEndian: false, nanoseconds: false, linkType: 101).PcapRecord(1, 1, Packet, (int)original);
        var (records, _) = await Replay(bytes, pcapNg ? "out.pcapng" : "out.pcap", twin);
        Assert.Equal(original, Assert.Single(records).OriginalLength);
    }

    [Fact]
    public async Task A_frame_of_a_link_type_that_is_not_supported_is_copied_and_counted()
    {
        byte[] beacon = [1, 2, 3, 4, 5];
        var bytes = CaptureBytes.PcapNg(bigEndian: true).Interface(101).Interface(Wlan)
            .Enhanced(0, 1, Packet).Enhanced(1, 2, beacon, original: 900).Enhanced(0, 3, Packet);
        var (records, report) = await Replay(bytes, "out.pcapng");
        Assert.Equal([LinkType.RawIp, (LinkType)Wlan, LinkType.RawIp], records.Select(record => record.LinkType));
        Assert.Equal((Convert.ToHexString(beacon), 900L), (records[1].Data, records[1].OriginalLength));
        Assert.Contains("1 of a link type that is not supported (127); capture raw IP", report, StringComparison.Ordinal);
        Assert.Contains("3 frames read, 3 written", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interface_with_finer_times_that_comes_later_keeps_them()
    {
        var bytes = CaptureBytes.PcapNg(bigEndian: false).Interface(101).Enhanced(0, 7, Packet)
            .Interface(101, resolution: 9).Enhanced(1, 1_234_567_891, Packet);
        var (records, _) = await Replay(bytes, "out.pcap");
        Assert.Equal([7_000, 1_234_567_891], records.Select(record => record.Timestamp));
    }

    private static async Task<(List<CaptureReaderTests.Read> Records, string Report)> Replay(CaptureBytes bytes, string output, bool twin = false)
    {
        using var folder = new ScratchFolder();
        var input = folder.Write("in.cap", bytes.ToArray());
        var (code, report, error) = await CommandLine.Run(
            ["replay", .. twin ? ["--twin"] : Array.Empty<string>(), "--in", input, "--write", folder.File(output), folder.WritePipeline()]);
        Assert.Equal((0, ""), (code, error));
        var records = CaptureReaderTests.ReadAll(await File.ReadAllBytesAsync(folder.File(output)), out var damage);
        Assert.Null(damage);
        return (records, report);
    }
}
