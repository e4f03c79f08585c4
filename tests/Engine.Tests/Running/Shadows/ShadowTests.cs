using System.Buffers.Binary;
using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;

namespace Engine.Tests.Running.Shadows;

/// <summary>An entry with <c>shadow</c>: what is compared, and how it follows a reload.</summary>
public class ShadowTests
{
    // No more than a candidate that is behind may have before it.
    private const int Packets = 400;

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void Each_difference_is_counted_under_its_kind_and_none_reaches_traffic(Direction direction)
    {
        var live = Acting((context, number, packet) =>
        {
            if (number % 10 == 0)
            {
                packet.Drop(context.Counters.DropReason("tenth", "A reason."));
            }
            else if (number % 3 == 0)
            {
                packet.Data[^1] = 3;
            }
        });
        var candidate = Acting((context, number, packet) =>
        {
            if (number % 20 == 0)
            {
                packet.Drop(context.Counters.DropReason("twentieth", "A reason."));
            }
            else if (number % 10 == 0)
            {
                packet.Drop(context.Counters.DropReason("tenth", "The same reason in other words."));
            }
            else if (number % 3 == 0)
            {
                packet.Data[^1] = (byte)(number % 2 == 0 ? 3 : 4);
            }
            else if (number % 7 == 0)
            {
                packet.Consume();
            }
        });
        using var rig = Start(live, candidate);
        var packets = Enumerable.Range(0, Packets).Select(Packet).ToArray();
        var sink = Send(rig, direction, packets, Packets - (Packets / 10));
        var shadow = WaitForCompared(rig, Packets);

        Assert.Equal(
            packets.Where(packet => NumberOf(packet) % 10 != 0).Select(packet => (byte[])[.. packet[..^1], NumberOf(packet) % 3 == 0 ? (byte)3 : packet[^1]]),
            sink.Captured.Select(packet => packet.Bytes));
        int[] numbers = [.. packets.Select(packet => NumberOf(packet))];
        Assert.Equal(
            [
                ("dropped as tenth → dropped as twentieth", numbers.Count(number => number % 20 == 0)),
                ("changed payload", numbers.Count(number => number % 3 == 0 && number % 2 != 0 && number % 10 != 0)),
                ("passed → consumed", numbers.Count(number => number % 3 != 0 && number % 7 == 0 && number % 10 != 0)),
            ],
            shadow.Differences.Select(difference => (difference.Kind, (int)difference.Packets)));
        Assert.Equal(shadow.Differences.Sum(difference => difference.Packets), shadow.Different);
        var changed = shadow.Differences.Single(difference => difference.Kind == "changed payload");
        Assert.Equal((direction, "payload 20 bytes, at 19: 03 → 20 bytes, at 19: 04"), (changed.Direction, changed.Changes));
        Assert.Contains("10.0.0.1:1003 > ", changed.Packet, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0, 0), (shadow.SkippedBehind, shadow.SkippedOverBudget, shadow.SkippedTooLong, shadow.Faults));
        Assert.True(shadow.NanosecondsPerPacket > 0);
    }

    [Fact]
    public void The_candidate_gets_what_the_stage_gets_behind_a_condition()
    {
        List<int> seen = [];
        var candidate = Acting((_, number, _) => seen.Add(number));
        Assert.True(PacketFilter.TryParse("udp src portrange 1000-1009", out var when, out _));
        using var rig = Start(new ProbeOptions(), candidate, entry => entry with { When = when });
        Send(rig, Direction.Outbound, [.. Enumerable.Range(0, 50).Select(Packet)], 50);
        WaitForCompared(rig, 10);

        rig.Dispose();
        Assert.Equal(Enumerable.Range(0, 10), seen);
    }

    [Fact]
    public void A_live_stage_that_throws_is_a_difference()
    {
        var live = new ProbeOptions { Outbound = (_, _) => throw new InvalidOperationException("off by one") };
        using var rig = Start(live, new ProbeOptions());
        rig.Host.Inject(Packet(1));
        var shadow = WaitForCompared(rig, 1);

        Assert.Equal("threw → passed", Assert.Single(shadow.Differences).Kind);
        Assert.Equal(0, shadow.Faults);
        Assert.Equal(1, StatusOf(rig).Faults);
    }

    [Fact]
    public void Both_directions_come_in_the_order_in_which_the_stage_saw_them()
    {
        List<(Direction, int)> seen = [];
        var candidate = new ProbeOptions
        {
            Outbound = (_, batch) => seen.Add((Direction.Outbound, NumberOf(batch[0].Data))),
            Inbound = (_, batch) => seen.Add((Direction.Inbound, NumberOf(batch[0].Data))),
        };
        using var rig = Start(new ProbeOptions(), candidate);
        for (var number = 0; number < 100; number++)
        {
            Send(rig, number % 3 == 0 ? Direction.Outbound : Direction.Inbound, [Packet(number)], 1);
        }

        WaitForCompared(rig, 100);
        rig.Dispose();
        Assert.Equal(Enumerable.Range(0, 100).Select(number => (number % 3 == 0 ? Direction.Outbound : Direction.Inbound, number)), seen);
    }

    [Fact]
    public void A_candidate_without_a_sample_costs_and_sees_nothing()
    {
        var called = 0;
        using var rig = Start(new ProbeOptions(), Acting((_, _, _) => called++), entry => entry with { Shadow = entry.Shadow! with { Sample = 0 } });
        Send(rig, Direction.Outbound, [.. Enumerable.Range(0, 50).Select(Packet)], 50);
        rig.Dispose();
        Assert.Equal((0, 0L), (called, StatusOf(rig).Shadow!.Compared));
    }

    [Fact]
    public void A_reload_keeps_the_candidate_replaces_it_and_takes_it_away()
    {
        var (made, disposed) = (0, 0);
        ProbeOptions Candidate(int version) => new() { Version = version, Constructed = _ => made++, Disposed = _ => disposed++ };
        var first = Candidate(1);
        var live = new ProbeOptions();
        using var rig = Start(live, first);
        Send(rig, Direction.Outbound, [Packet(1)], 1);
        WaitForCompared(rig, 1);

        var kept = rig.Pipeline.Reload(Plan(live, first));
        Send(rig, Direction.Outbound, [Packet(2)], 1);
        WaitForCompared(rig, 2);
        Assert.Equal((1, 0), (made, disposed));
        Assert.Empty(kept.Changed);

        var replaced = rig.Pipeline.Reload(Plan(live, first with { Version = 2 }));
        Send(rig, Direction.Outbound, [Packet(3)], 1);
        WaitForCompared(rig, 1);
        Assert.Equal(["live (shadow)"], replaced.Changed);
        Assert.Contains("live", replaced.Kept);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref disposed) == 1, Rig.Patience));

        var gone = rig.Pipeline.Reload(Rig.Plan([Rig.Probe("live", live)]));
        Assert.Equal(["live (shadow)"], gone.Changed);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref disposed) == 2, Rig.Patience));
        Assert.Null(StatusOf(rig).Shadow);
        Send(rig, Direction.Outbound, [Packet(4)], 1);
        Assert.Equal(2, made);
    }

    [Fact]
    public void Kinds_must_be_the_same()
    {
        var sealing = new ProbeOptions { Shape = new StageShape { Above = PacketKind.Ip, Below = PacketKind.Datagram } };
        var through = new ProbeOptions();
        Assert.Equal("'probe' cannot be the shadow of 'live': it does not take and produce IP packets", MistakeOf(through, sealing));
        Assert.Equal("'live' cannot have a shadow: it takes IP packets and produces datagrams", MistakeOf(sealing, sealing));
    }

    internal static ProbeOptions Acting(Action<IStageContext, int, Packet> act)
    {
        void All(IStageContext context, PacketBatch batch)
        {
            foreach (var packet in batch)
            {
                act(context, NumberOf(packet.Data), packet);
            }
        }

        return new ProbeOptions { Outbound = All, Inbound = All };
    }

    internal static Rig Start(ProbeOptions live, ProbeOptions candidate, Func<StageEntry, StageEntry>? change = null, PipelineOptions? options = null) =>
        Rig.Start(Plan(live, candidate, change), options);

    internal static PipelinePlan Plan(ProbeOptions live, ProbeOptions candidate, Func<StageEntry, StageEntry>? change = null) =>
        Rig.Plan([(change ?? (entry => entry))(Entry(live, candidate))]);

    internal static byte[] Packet(int number) => PacketBuilder.Ipv4().Udp((ushort)(1000 + number), 80).Payload(20).Build();

    internal static int NumberOf(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt16BigEndian(packet[20..]) - 1000;

    internal static StageStatus StatusOf(Rig rig) => rig.Pipeline.GetStatus().Stages.Single(stage => stage.Id == "live");

    /// <summary>Sends packets and waits until so many more have arrived.</summary>
    internal static MemoryEndpoint Send(Rig rig, Direction direction, byte[][] packets, int arriving)
    {
        var (from, to) = direction == Direction.Outbound ? (rig.Host, rig.Network) : (rig.Network, rig.Host);
        var before = (int)to.Sunk;
        Array.ForEach(packets, packet => from.Inject(packet));
        Assert.True(to.WaitForSunk(before + arriving, Rig.Patience), $"{to.Sunk - before} of {arriving} arrived");
        return to;
    }

    internal static ShadowStatus WaitForCompared(Rig rig, long packets)
    {
        Assert.True(SpinWait.SpinUntil(() => StatusOf(rig).Shadow!.Compared >= packets, Rig.Patience), $"{StatusOf(rig).Shadow}");
        var shadow = StatusOf(rig).Shadow!;
        Assert.Equal(packets, shadow.Compared);
        return shadow;
    }

    private static StageEntry Entry(ProbeOptions live, ProbeOptions candidate) =>
        Rig.Probe("live", live) with { Shadow = new ShadowEntry { Candidate = Rig.Probe("live", candidate), Budget = 1 } };

    private static string MistakeOf(ProbeOptions live, ProbeOptions candidate)
    {
        var below = live.Shape.Below;
        var planned = PipelinePlanner.Plan(
        [
            Rig.Probe("host", new ProbeOptions { Shape = StageShape.HostEndpoint(PacketKind.Ip) }),
            Entry(live, candidate),
            Rig.Probe("network", new ProbeOptions { Shape = StageShape.NetworkEndpoint(below, 28, new() { PathMtu = 1500 }) }),
        ]);
        return Assert.Single(planned.Diagnostics).Message;
    }
}
