using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;
using Culvert.Wire;

namespace Engine.Tests.Running;

/// <summary>Each law must find a stage that breaks it, and let a good one pass.</summary>
public class ConformanceLawTests
{
    private static readonly byte[] _packet = Convert.FromHexString(
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfe7710000020423010402080a0862af40081b5bcd01030307");

    private static StageHarness<ProbeStage> Harness(Action<IStageContext, PacketBatch> outbound, StageShape? shape = null) =>
        StageHarness.Create<ProbeStage, ProbeOptions>(new ProbeOptions
        {
            Outbound = outbound,
            Shape = shape ?? StageShape.Through(PacketKind.Ip),
        });

    [Fact]
    public void A_good_stage_keeps_every_law()
    {
        var seen = 0L;
        using var harness = Harness((_, batch) =>
        {
            foreach (var packet in batch)
            {
                seen += packet.Length;
            }
        });
        ConformanceLaws.CheckAll(harness, [_packet], Direction.Outbound);
        Assert.True(seen > 0);
    }

    [Fact]
    public void A_read_past_the_end_is_found()
    {
        using var harness = Harness((context, batch) => _ = batch[0].Data[40]);
        var error = Assert.Throws<ConformanceException>(() => ConformanceLaws.NeverThrowsOnRandomBytes(harness));
        Assert.Contains("ProbeStage.Outbound threw IndexOutOfRangeException", error.Message, StringComparison.Ordinal);
        Assert.Throws<ConformanceException>(() => ConformanceLaws.NeverThrows(harness, [_packet]));
    }

    [Fact]
    public void An_allocation_is_found()
    {
        using var harness = Harness((context, batch) => _ = batch[0].Data.ToArray());
        Assert.Throws<ConformanceException>(() => ConformanceLaws.AllocatesNothing(harness, [_packet], Direction.Outbound));
    }

    [Fact]
    public void A_field_that_is_not_declared_is_found()
    {
        static void LowerHopLimit(IStageContext context, PacketBatch batch)
        {
            if (batch[0].Length > 8)
            {
                batch[0].Data[8]--;
            }
        }

        using var shy = Harness(LowerHopLimit);
        var error = Assert.Throws<ConformanceException>(
            () => ConformanceLaws.ChangesOnlyWhatItDeclares(shy, [_packet], Direction.Outbound, rounds: 0));
        Assert.Contains("changed HopLimit, which its shape does not declare", error.Message, StringComparison.Ordinal);
        using var open = Harness(LowerHopLimit, StageShape.Through(PacketKind.Ip, HeaderFields.HopLimit));
        ConformanceLaws.ChangesOnlyWhatItDeclares(open, [_packet], Direction.Outbound, rounds: 0);
    }

    [Fact]
    public void More_room_and_more_overhead_than_declared_are_found()
    {
        using var greedy = Harness((_, batch) => batch[0].Prepend(4));
        Assert.Throws<ConformanceException>(() => ConformanceLaws.HonoursOverhead(greedy, [_packet], Direction.Outbound));
        using var greedier = Harness(
            (_, batch) => batch[0].Prepend(4), StageShape.Through(PacketKind.Ip) with { Headroom = 4, Overhead = 2 });
        var full = new byte[greedier.Context.Mtu];
        Assert.Throws<ConformanceException>(() => ConformanceLaws.HonoursOverhead(greedier, [full], Direction.Outbound));
    }

    [Fact]
    public void A_stage_that_emits_allocates_nothing_by_itself()
    {
        using var harness = Harness((context, batch) =>
        {
            if (batch[0].TryTake(out var lease))
            {
                context.Emit(Direction.Outbound, lease);
            }
        });
        ConformanceLaws.CheckAll(harness, [_packet], Direction.Outbound);
        Assert.Equal(0, harness.Context.LeasesHeld);
        harness.Outbound(_packet);
        Assert.Single(harness.Context.TakeEmitted());
    }

    [Fact]
    public void A_packet_that_is_left_behind_is_found()
    {
        using var leaking = Harness((_, batch) => batch[0].TryTake(out var forgotten));
        leaking.Outbound(_packet, _packet);
        var error = Assert.Throws<ConformanceException>(() => ConformanceLaws.LeavesNoPacketBehind(leaking));
        Assert.Contains("still holds 1 packets", error.Message, StringComparison.Ordinal);

        using var hiding = Harness((_, batch) =>
        {
            batch[0].TryTake(out var lease);
            lease.Dispose();
        });
        hiding.Outbound(_packet);
        error = Assert.Throws<ConformanceException>(() => ConformanceLaws.LeavesNoPacketBehind(hiding));
        Assert.Contains("without a reason", error.Message, StringComparison.Ordinal);

        using var honest = Harness((context, batch) =>
        {
            batch[0].TryTake(out var lease);
            lease.Drop(context.Counters.DropReason("unwanted", "Packets that a test does not want."));
        });
        honest.Outbound(_packet);
        ConformanceLaws.LeavesNoPacketBehind(honest);
    }

    [Fact]
    public void A_counter_that_is_not_declared_is_found()
    {
        using var harness = StageHarness.Create<CountedStage, ProbeOptions>(new ProbeOptions());
        ConformanceLaws.DeclaresItsCounters(harness);
        harness.Outbound(_packet);
        var error = Assert.Throws<ConformanceException>(() => ConformanceLaws.DeclaresItsCounters(harness));
        Assert.Contains("'secret'", error.Message, StringComparison.Ordinal);
    }

    [Stage("counted", "Counts what it does not declare.")]
    private sealed class CountedStage(ProbeOptions options, IStageContext context)
        : IPacketStage, IStageDefinition<ProbeOptions>
    {
        private readonly Counter _known = Known(context.Counters);

        public static StageShape Shape(ProbeOptions options) => options.Shape;

        public static void DeclareCounters(CounterSet counters) => Known(counters);

        public void Outbound(PacketBatch batch)
        {
            _known.Increment();
            _ = (options, context.Counters.Create("secret", "packets", "Packets in secret."));
        }

        private static Counter Known(CounterSet counters) => counters.Create("known", "packets", "Packets that are known.");
    }

    [Fact]
    public void A_link_loses_and_repeats_the_same_datagrams_for_the_same_seed()
    {
        var conditions = new LinkConditions { Seed = 7, Loss = 0.1, Reorder = 0.1, Duplicate = 0.1 };
        var first = Send(conditions, out var lost);
        Assert.Equal(first, Send(conditions, out _));
        Assert.NotEqual(first, Send(conditions with { Seed = 8 }, out _));
        Assert.InRange(lost, 60, 140);
        Assert.Equal(1000 - lost, first.Distinct().Count());
        Assert.NotEqual(first.Order(), first);
    }

    private static List<int> Send(LinkConditions conditions, out long lost)
    {
        using var left = MemoryEndpoint.NetworkEnd();
        using var right = MemoryEndpoint.NetworkEnd();
        using var link = new LossyLink(left, right, conditions);
        using var context = new TestStageContext(room: new PacketRoom(0, 64, 0), poolCapacity: 1);
        var batch = new TestBatch(context, Direction.Outbound, capacity: 1);
        for (var i = 0; i < 1000; i++)
        {
            batch.Clear();
            batch.Add(BitConverter.GetBytes(i));
            left.Outbound(batch.Batch);
        }

        link.Flush();
        lost = link.Lost;
        var received = new List<int>();
        var inbound = new TestBatch(context, Direction.Inbound, capacity: 64);
        while (right.Waiting > 0)
        {
            inbound.Clear();
            right.Receive(inbound.Filler);
            foreach (var packet in inbound.Batch)
            {
                received.Add(BitConverter.ToInt32(packet.Data));
            }
        }

        return received;
    }
}
