using System.Buffers;
using Culvert.Endpoints.Captures;
using Culvert.Engine.Inspection;
using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Filtering;
using Culvert.Stages;
using Culvert.Tests.Support;
using Engine.Tests.Running;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Inspection;

public class CaptureTests
{
    private static readonly byte[] _syn = Convert.FromHexString(
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfe7710000020423010402080a0862af40081b5bcd01030307");

    // From port 81.
    private static readonly byte[] _other = [.. _syn[..21], 81, .. _syn[22..]];

    private static readonly ProbeOptions _hops = new()
    {
        Shape = StageShape.Through(PacketKind.Ip),
        Outbound = (_, batch) =>
        {
            foreach (var packet in batch)
            {
                if (packet.Length == _syn.Length)
                {
                    packet.Data[8]--;
                }
            }
        },
    };

    private static readonly ProbeOptions _seal = new()
    {
        Shape = new StageShape { Above = PacketKind.Ip, Below = PacketKind.Datagram },
        Inbound = (_, batch) =>
        {
            foreach (var packet in batch)
            {
                if (packet.Length == 4)
                {
                    packet.Consume();
                }
                else
                {
                    packet.TrimStart(4);
                }
            }
        },
    };

    [Fact]
    public void A_packet_is_written_at_every_boundary_with_what_changed()
    {
        using var rig = Rig.Start(("hops", _hops), ("idle", new ProbeOptions()));
        var records = Capture(rig, "tcp port 80", 3, () => rig.Host.Inject(_other), () => rig.Host.Inject(_syn));
        Assert.Equal(["host:below", "hops:below", "idle:below"], records.Select(record => record.Interface));
        Assert.Equal([null, "hops changed TTL 63 → 62", null], records.Select(record => record.Comment));
        Assert.Equal([63, 62, 62], records.Select(record => (int)record.Data[8]));
        Assert.All(records, record => Assert.False(record.IsInbound));
    }

    [Fact]
    public void A_drop_shows_its_reason_where_the_packet_was_last_seen()
    {
        using var rig = Rig.Start(
            ("guard", new ProbeOptions { Outbound = (context, batch) => batch[0].Drop(context.Counters.DropReason("bad", "Bad.")) }),
            ("behind", new ProbeOptions()));
        var record = Assert.Single(Capture(rig, "", 1, () => rig.Host.Inject(_syn)));
        Assert.Equal(("host:below", "guard dropped it: bad"), (record.Interface, record.Comment));
    }

    [Fact]
    public void A_stage_that_throws_is_named()
    {
        using var rig = Rig.Start(("bad", new ProbeOptions { Outbound = (_, _) => throw new InvalidOperationException() }));
        Assert.Equal("bad threw", Assert.Single(Capture(rig, "", 1, () => rig.Host.Inject(_syn))).Comment);
    }

    [Fact]
    public void A_sealed_packet_is_matched_once_it_is_open_and_written_with_its_outer_headers()
    {
        using var rig = Rig.Start(("seal", _seal));
        var records = Capture(
            rig, "src port 80", 2, () => rig.Network.Inject([1, 2, 3, 4, .. Rig.Packet(1)]), () => rig.Network.Inject([9, 9, 9, 9, .. _syn]));
        Assert.Equal(["seal:below", "host:below"], records.Select(record => record.Interface));
        Assert.Equal([28 + 4 + _syn.Length, _syn.Length], records.Select(record => record.Data.Length));
        Assert.Equal(17, records[0].Data[9]);
        Assert.Equal([9, 9, 9, 9], records[0].Data[28..32]);
        Assert.Equal("seal: datagram, 64 bytes → ip, 60 bytes", records[1].Comment);
    }

    [Fact]
    public void Without_a_filter_datagrams_without_a_packet_are_written_too()
    {
        using var rig = Rig.Start(("seal", _seal));
        Assert.Equal("seal took it", Assert.Single(Capture(rig, "", 1, () => rig.Network.Inject([1, 2, 3, 4]))).Comment);
    }

    [Theory]
    [InlineData("hops", new[] { "host:below", "hops:below" })]
    [InlineData("hops:above", new[] { "host:below" })]
    [InlineData("hops:below", new[] { "hops:below" })]
    [InlineData("network:above", new[] { "idle:below" })]
    public void A_place_selects_boundaries(string at, string[] expected)
    {
        Assert.True(CapturePlace.TryParse(at, out var place));
        using var rig = Rig.Start(("hops", _hops), ("idle", new ProbeOptions()));
        var records = Capture(rig, new CaptureRequest(PacketFilter.Everything) { Place = place }, expected.Length, () => rig.Host.Inject(_syn));
        Assert.Equal(expected, records.Select(record => record.Interface));
        Assert.Equal(at is "hops" or "hops:below", records.Any(record => record.Comment == "hops changed TTL 63 → 62"));
    }

    [Fact]
    public void A_snap_length_cuts_and_keeps_the_length()
    {
        using var rig = Rig.Start(("idle", new ProbeOptions()));
        var records = Capture(rig, new CaptureRequest(PacketFilter.Everything) { SnapLength = 20 }, 2, () => rig.Host.Inject(_syn));
        Assert.All(records, record => Assert.Equal((20, _syn.Length), (record.Data.Length, record.OriginalLength)));
    }

    [Fact]
    public void What_the_queue_has_no_room_for_is_skipped_and_counted()
    {
        using var rig = Rig.Start(("idle", new ProbeOptions()));
        var output = new ArrayBufferWriter<byte>();
        using var capture = new LiveCapture(new CaptureRequest(PacketFilter.Everything), output);
        capture.Follow(rig.Pipeline);
        const int packets = 5000;
        for (var i = 0; i < packets; i++)
        {
            rig.Host.Inject(_syn);
        }

        Assert.True(rig.Network.WaitForSunk(packets, Rig.Patience));
        // The last batch is handed in behind the sink.
        rig.Host.Inject(_syn);
        Assert.True(rig.Network.WaitForSunk(packets + 1, Rig.Patience));
        while (capture.Collect(100))
        {
        }

        capture.Report();
        var files = CaptureFiles.To(new MemoryStream());
        files.Write(output.WrittenSpan);
        Assert.InRange(files.Skipped, packets - CaptureQueue.Capacity - 1, packets - 1);
        Assert.InRange(files.Accepted, packets, packets + 1);
    }

    [Fact]
    public void A_loop_spends_a_share_of_its_time_and_no_more()
    {
        var budget = new CaptureBudget(frequency: 1000);
        Assert.True(budget.HasLeft(1));
        budget.Spend(1_000_000, 0, isSealed: false);
        Assert.False(budget.HasLeft(2));
        // 60 ms of copying are 2 s at 3 %; the burst was 30 ms.
        Assert.False(budget.HasLeft(1000));
        Assert.True(budget.HasLeft(1003));
    }

    [Fact]
    public void A_busy_tunnel_leaves_the_outer_datagram_out_and_counts_it()
    {
        using var rig = Rig.Start(new PipelineOptions { Time = new FakeTimeProvider() }, FaultPolicy.Drop, ("seal", _seal));
        var output = new ArrayBufferWriter<byte>();
        using var capture = new LiveCapture(new CaptureRequest(Filter("src port 80")), output);
        capture.Follow(rig.Pipeline);
        // 3 ms at once, at 60 ns and more a copy, are for fewer than 50,000 packets, and no time passes.
        for (var i = 0; i < 50_000; i++)
        {
            rig.Network.Inject([1, 2, 3, 4, .. Rig.Packet(1)]);
            if (i % 5000 == 4999)
            {
                Assert.True(rig.Host.WaitForSunk(i + 1, Rig.Patience));
            }
        }

        rig.Network.Inject([9, 9, 9, 9, .. _syn]);
        var record = Assert.Single(Collect(capture, output, 1), one => one.Interface == "host:below");
        Assert.Null(record.Comment);
    }

    [Fact]
    public void A_reload_goes_on_being_captured_with_its_new_boundary()
    {
        using var rig = Rig.Start(("idle", new ProbeOptions()));
        var records = Capture(
            rig, "", 5, () => rig.Host.Inject(_syn), () =>
            {
                Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
                rig.Pipeline.Reload(Rig.Plan(FaultPolicy.Drop, ("idle", new ProbeOptions()), ("late", _hops)));
                rig.Host.Inject(_syn);
            });
        Assert.Equal(["host:below", "idle:below", "host:below", "idle:below", "late:below"], records.Select(record => record.Interface));
    }

    [Fact]
    public void Another_pipeline_of_the_file_is_followed_and_the_old_one_left()
    {
        using var first = Rig.Start(("idle", new ProbeOptions()));
        using var second = Rig.Start(("other", new ProbeOptions()));
        var output = new ArrayBufferWriter<byte>();
        using (var capture = new LiveCapture(new CaptureRequest(PacketFilter.Everything), output))
        {
            capture.Follow(first.Pipeline);
            capture.Follow(second.Pipeline);
            Assert.All(first.Pipeline.Directions, lane => Assert.Null(lane.Observer));
            second.Host.Inject(_syn);
            Collect(capture, output, 2);
        }

        Assert.All(second.Pipeline.Directions, lane => Assert.Null(lane.Observer));
        Assert.Equal(["host:below", "other:below"], PcapNgRecords.Read(output.WrittenSpan).Select(record => record.Interface));
    }

    private static IReadOnlyList<PcapNgRecord> Capture(Rig rig, string filter, int records, params Action[] feeds)
    {
        return Capture(rig, new CaptureRequest(Filter(filter)), records, feeds);
    }

    private static PacketFilter Filter(string text)
    {
        Assert.True(PacketFilter.TryParse(text, out var filter, out _));
        return filter;
    }

    private static IReadOnlyList<PcapNgRecord> Capture(Rig rig, CaptureRequest request, int records, params Action[] feeds)
    {
        var output = new ArrayBufferWriter<byte>();
        using var capture = new LiveCapture(request, output);
        capture.Follow(rig.Pipeline);
        foreach (var feed in feeds)
        {
            feed();
        }

        return Collect(capture, output, records);
    }

    private static IReadOnlyList<PcapNgRecord> Collect(LiveCapture capture, ArrayBufferWriter<byte> output, int records)
    {
        IReadOnlyList<PcapNgRecord> found = [];
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                Thread.Sleep(1);
                capture.Collect(100);
                return (found = PcapNgRecords.Read(output.WrittenSpan)).Count >= records;
            },
            Rig.Patience));
        return found;
    }
}
