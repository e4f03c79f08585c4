using Culvert.Counters;
using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;

namespace Engine.Tests.Running;

/// <summary>Who owns a packet, and what becomes of those that a stage mistreats: found at the culprit, counted, and never the end of the process.</summary>
public sealed class OwnershipTests
{
    private const int Packets = 50;

    [Fact]
    public void Emit_inside_a_using_is_harmless()
    {
        using var rig = Start((context, batch) =>
        {
            foreach (var packet in batch)
            {
                Assert.True(packet.TryTake(out var lease));
                using (lease)
                {
                    context.Emit(Direction.Outbound, lease);
                }
            }
        });
        Feed(rig);
        Assert.True(rig.Network.WaitForSunk(Packets, Rig.Patience));
        var stage = StatusOf(rig);
        Assert.Equal((Packets, Packets, 0L, 0L), (stage.Outbound.Taken, stage.Outbound.Emitted, stage.Held, stage.Faults));
        Assert.Equal(Enumerable.Range(0, Packets), rig.Network.Captured.Select(Rig.NumberOf));
    }

    [Fact]
    public void A_second_Emit_is_a_fault_of_the_stage_and_the_packet_goes_out_once()
    {
        using var rig = Start((context, batch) =>
        {
            Assert.True(batch[0].TryTake(out var lease));
            context.Emit(Direction.Outbound, lease);
            context.Emit(Direction.Outbound, lease);
        });
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        rig.Pipeline.Dispose();
        Assert.Equal(1, rig.Network.Sunk);
        Assert.Equal(1, StatusOf(rig).Faults);
        Assert.Contains(rig.Log.Lines, line => line.Contains("was emitted, dropped or disposed already", StringComparison.Ordinal));
        Assert.Equal(0, rig.Pipeline.GetStatus().LeasesInUse);
    }

    [Fact]
    public void Writing_to_an_emitted_packet_is_a_fault_of_the_stage_and_changes_nothing()
    {
        using var rig = Start((context, batch) =>
        {
            Assert.True(batch[0].TryTake(out var lease));
            context.Emit(Direction.Outbound, lease);
            lease.Data.Clear();
        });
        rig.Host.Inject(Rig.Packet(7));
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        rig.Pipeline.Dispose();
        Assert.Equal((7, 1L), (Rig.NumberOf(rig.Network.Captured.Single()), StatusOf(rig).Faults));
    }

    [Fact]
    public void The_test_kit_takes_a_packet_as_the_host_does()
    {
        using var context = new TestStageContext();
        Assert.True(context.TryRent(8, out var lease));
        using (lease)
        {
            context.Emit(Direction.Inbound, lease);
        }

        Assert.Throws<ObjectDisposedException>(() => context.Emit(Direction.Inbound, lease));
        Assert.Throws<ObjectDisposedException>(() => lease.Data.Length);
        Assert.Single(context.Emitted);
        Assert.Equal(0, context.LeasesHeld);
    }

    [Fact]
    public void A_lease_that_is_misused_on_the_service_thread_is_a_fault_too()
    {
        using var rig = Start((context, batch) =>
        {
            Assert.True(batch[0].TryTake(out var lease));
            context.Emit(Direction.Outbound, lease);
            context.Post(() => context.Emit(Direction.Inbound, lease));
        });
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(SpinWait.SpinUntil(() => StatusOf(rig).Faults == 1, Rig.Patience));
        rig.Pipeline.Dispose();
        Assert.Equal((1, 0), (rig.Network.Sunk, rig.Host.Sunk));
    }

    [Fact]
    public void A_taken_packet_that_is_disposed_without_a_reason_is_counted_as_discarded()
    {
        using var rig = Start((_, batch) =>
        {
            Assert.True(batch[0].TryTake(out var lease));
            lease.Dispose();
        });
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(SpinWait.SpinUntil(() => StatusOf(rig).Outbound.Discarded == 1, Rig.Patience));
        Assert.Equal(["discarded{direction=outbound}: 1 packets"], Reasons(rig));
    }

    [Fact]
    public void What_a_stage_still_holds_when_it_is_disposed_is_named_and_returned()
    {
        using var rig = Start((context, batch) => Assert.True(batch[0].TryTake(out _)));
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(SpinWait.SpinUntil(() => StatusOf(rig).Held == 1, Rig.Patience));
        rig.Pipeline.Dispose();
        Assert.Equal((0L, 1L), (StatusOf(rig).Held, StatusOf(rig).Outbound.Discarded));
        Assert.Contains("Warning: The stage was disposed while it held 1 packets; they were returned to the pool. "
            + "A stage must emit, drop or dispose what it takes.", rig.Log.Lines);
    }

    [Fact]
    public void An_empty_pool_is_reported_with_the_stages_that_hold_it()
    {
        using var rig = Rig.Start(
            new PipelineOptions { PoolCapacity = 3 }, FaultPolicy.Drop,
            ("keeper", new ProbeOptions { Outbound = (context, batch) => batch[0].TryTake(out _) }));
        for (var i = 0; i < 10; i++)
        {
            rig.Host.Inject(Rig.Packet(i));
            Assert.True(SpinWait.SpinUntil(() => StatusOf(rig).Outbound.PacketsIn == i + 1, Rig.Patience));
        }

        var line = Assert.Single(rig.Log.Lines, line => line.Contains("pool is empty", StringComparison.Ordinal));
        Assert.Matches(@"all 3 packets are in use; held by keeper 3 \(oldest \d+\.\d s\)\.", line);
    }

    [Fact]
    public void Emissions_of_a_closed_pipeline_are_counted_at_their_stage()
    {
        IStageContext? context = null;
        using var rig = Rig.Start(("probe", new ProbeOptions
        {
            Constructed = given => context = given,
            Disposed = given => EmitOne(given, Direction.Inbound),
        }));
        rig.Pipeline.Dispose();
        var stage = StatusOf(rig);
        Assert.Equal((0, 1), (stage.Outbound.Discarded, stage.Inbound.Discarded));
        Assert.Equal(["stopped{direction=inbound}: 1 packets"], Reasons(rig));
        EmitOne(context!, Direction.Outbound);
    }

    [Fact]
    public void A_batch_in_a_stage_that_does_not_return_is_counted_and_the_stage_is_named()
    {
        using var release = new ManualResetEventSlim();
        var entered = new ManualResetEventSlim();
        using var rig = Rig.Start(
            new PipelineOptions { CloseLimit = TimeSpan.FromMilliseconds(300) }, FaultPolicy.Drop,
            ("probe", new ProbeOptions
            {
                Outbound = (_, _) =>
                {
                    entered.Set();
                    release.Wait();
                },
            }));
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(entered.Wait(Rig.Patience));
        rig.Pipeline.Dispose();
        Assert.Equal(["stuck{direction=outbound}: 1 packets"], Reasons(rig));
        Assert.Contains(rig.Log.Lines, line => line.Contains("A batch in probe did not end", StringComparison.Ordinal));
        release.Set();
    }

    [Fact]
    public void A_batch_that_a_fault_costs_has_a_reason()
    {
        using var rig = Start((_, _) => throw new InvalidOperationException("a bug"));
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(SpinWait.SpinUntil(() => StatusOf(rig).Outbound.Faulted == 1, Rig.Patience));
        Assert.Equal(["fault{direction=outbound}: 1 packets"], Reasons(rig));
        Assert.Equal(0, StatusOf(rig).Outbound.Discarded);
    }

    [Fact]
    public void What_an_endpoint_refuses_is_received_and_dropped_there()
    {
        var plan = Rig.Plan(FaultPolicy.Drop, ("probe", new ProbeOptions()));
        var network = new MemoryEndpoint(plan.Stages[^1].Shape);
        using var pipeline = Pipeline.Start(plan, new PipelineOptions
        {
            HostEnd = context => new RefusingEnd(context),
            NetworkEnd = _ => network,
        });
        Assert.True(network.WaitForSunk(1, Rig.Patience));
        pipeline.Dispose();
        var host = pipeline.GetStatus().Stages[0].Outbound;
        Assert.Equal((4, 3, 1, 8), (host.PacketsIn, host.Dropped, host.PacketsOut, host.BytesIn));
        Assert.Equal(0xB8, network.Captured.Single().TrafficClass);
    }

    [Fact]
    public void A_fault_of_the_carrier_names_the_emitter_and_returns_the_packets()
    {
        var node = new StageUnit(Rig.Plan(FaultPolicy.Drop, ("probe", new ProbeOptions())).Stages[1], 1, new MemoryLogger(), NamedFiles.Of(null), null).Nodes[0];
        var pool = new PacketPool(new PacketRoom(0, 64, 0), 8, TimeProvider.System);
        var batch = new PacketBatch(8, pool.Room, pool, Direction.Outbound);
        var faults = new FaultList();
        var carrier = new EmissionCarrier(Direction.Outbound, new ChainWalker(Direction.Outbound, faults), batch, TimeProvider.System, faults);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(pool.TryRent(node.Unit.Holder, 8, out var lease));
            carrier.Queue.Add(node, lease.Emit());
        }

        Assert.True(carrier.CarryGroup(chain: null!));
        Assert.Equal(["probe"], faults.Stages);
        Assert.Equal((0, 0, 3), (pool.InUse, batch.Count, node.Unit.HostDrops.Discarded(Direction.Outbound)));
    }

    [Fact]
    public void A_mark_and_an_endpoint_survive_being_taken_and_emitted()
    {
        var from = DatagramEndpoint.FromBytes([192, 0, 2, 1], 7).WithLocal([192, 0, 2, 2], interfaceIndex: 3);
        using var rig = Start((context, batch) =>
        {
            var packet = batch[0];
            (packet.TrafficClass, packet.Endpoint) = (0x2E, from);
            Assert.True(packet.TryTake(out var lease));
            context.Emit(Direction.Outbound, lease);
        });
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        var arrived = rig.Network.Captured.Single();
        Assert.Equal((0x2E, from), (arrived.TrafficClass, arrived.Endpoint));
    }

    [Fact]
    public void Whatever_a_stage_does_its_packets_add_up()
    {
        var random = new Random(5);
        var kept = new Queue<PacketLease>();
        using var rig = Rig.Start(
            new PipelineOptions { BatchSize = 8 }, FaultPolicy.Drop,
            ("probe", new ProbeOptions { Outbound = (context, batch) => TreatAtRandom(context, batch, random, kept) }));
        for (var i = 0; i < 5000; i++)
        {
            rig.Host.Inject(Rig.Packet(i));
        }

        Assert.True(SpinWait.SpinUntil(() => StatusOf(rig).Outbound.PacketsIn == 5000 && rig.Host.Waiting == 0, Rig.Patience));
        Assert.True(SpinWait.SpinUntil(() => Missing(StatusOf(rig)) == 0, Rig.Patience));
        var before = StatusOf(rig);
        Assert.All(
            [before.Outbound.PacketsOut, before.Outbound.Dropped, before.Outbound.Discarded, before.Outbound.Consumed,
                before.Outbound.Faulted, before.Outbound.Emitted, before.Held, before.Released],
            count => Assert.NotEqual(0, count));
        rig.Pipeline.Dispose();
        var after = StatusOf(rig);
        Assert.Equal((0, 0), (Missing(after), after.Held));
        Assert.Equal(after.Outbound.Dropped + after.Outbound.Discarded + after.Outbound.Faulted, after.Counters.Sum(counter => counter.Value));
        Assert.Equal(after.Outbound.PacketsOut + after.Outbound.Emitted, rig.Network.Sunk);
    }

    private sealed class FaultList : IFaultSink
    {
        public List<string> Stages { get; } = [];

        public void BatchFault(StageNode node, Direction direction, int packets, Exception error) => Stages.Add(node.Unit.Id);

        public void ServiceFault(StageNode node, Exception error) => Assert.Fail("Nothing ran on the service thread.");
    }

    /// <summary>Receives one packet and refuses three, once.</summary>
    private sealed class RefusingEnd(IStageContext context) : IPacketEndpoint
    {
        private readonly DropReason _truncated = context.Counters.DropReason("truncated", "Packets that came in part.");
        private readonly AutoResetEvent _wake = new(false);
        private bool _done;

        public void Receive(PacketFiller filler)
        {
            if (_done)
            {
                _wake.WaitOne();
                return;
            }

            _done = true;
            filler.Refuse(_truncated);
            var packet = filler.Add(8);
            packet.TrafficClass = 0xB8;
            filler.Refuse(_truncated, 2);
        }

        public void Wake() => _wake.Set();
    }

    private static void TreatAtRandom(IStageContext context, PacketBatch batch, Random random, Queue<PacketLease> kept)
    {
        foreach (var packet in batch)
        {
            switch (random.Next(10))
            {
                case 0:
                    packet.Drop(context.Counters.DropReason("unlucky", "Packets that a die drops."));
                    break;
                case 1:
                    packet.Consume();
                    break;
                case 2 or 3 or 8 or 9 when packet.TryTake(out var lease):
                    kept.Enqueue(lease);
                    break;
                case 4 when kept.TryDequeue(out var lease):
                    context.Emit(Direction.Outbound, lease);
                    break;
                case 5 when kept.TryDequeue(out var lease):
                    lease.Drop(context.Counters.DropReason("unlucky", "Packets that a die drops."));
                    break;
                case 6 when context.TryRent(8, out var lease):
                    lease.Dispose();
                    break;
                case 7 when random.Next(10) == 0:
                    throw new InvalidOperationException("the die says so");
                case 7 when kept.TryDequeue(out var lease):
                    lease.Dispose();
                    break;
            }
        }
    }

    private static long Missing(StageStatus stage)
    {
        var (there, back) = (stage.Outbound, stage.Inbound);
        return there.PacketsIn + back.PacketsIn + stage.Rented
            - there.PacketsOut - there.Dropped - there.Discarded - there.Faulted - there.Consumed - there.Emitted
            - back.PacketsOut - back.Dropped - back.Discarded - back.Faulted - back.Consumed - back.Emitted
            - stage.Released - stage.Held;
    }

    private static Rig Start(Action<IStageContext, PacketBatch> outbound) =>
        Rig.Start(("probe", new ProbeOptions { Outbound = outbound }));

    private static void Feed(Rig rig)
    {
        for (var i = 0; i < Packets; i++)
        {
            Assert.True(rig.Host.Inject(Rig.Packet(i)));
        }
    }

    private static void EmitOne(IStageContext context, Direction direction)
    {
        Assert.True(context.TryRent(8, out var lease));
        Rig.Packet(1).CopyTo(lease.Data);
        context.Emit(direction, lease);
    }

    private static StageStatus StatusOf(Rig rig) => rig.Pipeline.GetStatus().Stages[1];

    private static IEnumerable<string> Reasons(Rig rig) =>
        StatusOf(rig).Counters.Where(counter => counter.IsDropReason).Select(counter => counter.ToString());
}
