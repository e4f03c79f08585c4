using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;

namespace Engine.Tests.Running;

/// <summary>
/// Many lanes, all full in both directions, while stages emit from other threads and the chain is swapped again and again: nothing is lost,
/// nothing comes twice, and each lane keeps its order.
/// </summary>
public sealed class LaneStressTests
{
    private const int Lanes = 4;
    private const int Packets = 10_000;
    private const int Emissions = 5_000;
    private const int FirstEmission = 1_000_000;

    private readonly IStageContext?[] _contexts = new IStageContext?[Lanes];
    private readonly IPacketEndpoint[] _hosts = new IPacketEndpoint[Lanes];
    private readonly IPacketEndpoint[] _networks = new IPacketEndpoint[Lanes];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_is_lost_doubled_or_reordered(bool ends_can_be_polled)
    {
        Assert.SkipWhen(ends_can_be_polled && !OperatingSystem.IsLinux(), "poll(2) is Linux's.");
        var kept = new ProbeOptions { Constructed = context => _contexts[context.Lane] = context };
        using var pipeline = Start(Plan(kept, swapped: false), ends_can_be_polled);
        var ended = false;
        var swaps = 0;
        List<Exception> errors = [];
        Thread[] feeders =
        [
            .. Enumerable.Range(0, Lanes).SelectMany<int, Action>(lane =>
            [
                () => Feed(_hosts[lane]),
                () => Feed(_networks[lane]),
                () => Emit(_contexts[lane]!, Direction.Outbound),
                () => Emit(_contexts[lane]!, Direction.Inbound),
            ]).Select(work => Run(work, errors)),
        ];
        var swapper = Run(
            () =>
            {
                while (!Volatile.Read(ref ended))
                {
                    Assert.Equal(ReloadOutcome.Swapped, pipeline.Reload(Plan(kept, swapped: ++swaps % 2 == 1)).Outcome);
                }
            },
            errors);

        Array.ForEach(feeders, feeder => feeder.Join());
        var arrived = _hosts.Concat(_networks).All(end => MemoryOf(end).WaitForSunk(Packets + Emissions, Rig.Patience));
        Volatile.Write(ref ended, true);
        swapper.Join();
        Assert.Empty(errors);
        Assert.NotEqual(0, swaps);
        Assert.True(arrived, $"arrived: {string.Join(", ", _hosts.Concat(_networks).Select(end => MemoryOf(end).Sunk))}");
        pipeline.Dispose();
        Assert.All(_hosts.Concat(_networks), AssertWholeAndInOrder);
    }

    private static void AssertWholeAndInOrder(IPacketEndpoint end)
    {
        var numbers = MemoryOf(end).Captured.Select(Rig.NumberOf).ToArray();
        Assert.Equal(Enumerable.Range(0, Packets), numbers.Where(number => number < FirstEmission));
        Assert.Equal(Enumerable.Range(FirstEmission, Emissions), numbers.Where(number => number >= FirstEmission));
    }

    private static PipelinePlan Plan(ProbeOptions kept, bool swapped) => Rig.Plan(
        FaultPolicy.Stop, swapped ? [("new", new ProbeOptions()), ("kept", kept), ("more", new ProbeOptions())] : [("kept", kept)]);

    private static MemoryEndpoint MemoryOf(IPacketEndpoint end) => (end as PollableEnd)?.Memory ?? (MemoryEndpoint)end;

    private static void Feed(IPacketEndpoint end)
    {
        for (var i = 0; i < Packets; i++)
        {
            if (end is PollableEnd pollable)
            {
                pollable.Inject(Rig.Packet(i));
            }
            else
            {
                Assert.True(MemoryOf(end).Inject(Rig.Packet(i)));
            }
        }
    }

    private static void Emit(IStageContext context, Direction direction)
    {
        for (var i = 0; i < Emissions; i++)
        {
            PacketLease lease = default;
            Assert.True(SpinWait.SpinUntil(() => context.TryRent(8, out lease), Rig.Patience));
            Rig.Packet(FirstEmission + i).CopyTo(lease.Data);
            context.Emit(direction, lease);
        }
    }

    private static Thread Run(Action work, List<Exception> errors)
    {
        var thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception error)
            {
                lock (errors)
                {
                    errors.Add(error);
                }
            }
        });
        thread.Start();
        return thread;
    }

    private Pipeline Start(PipelinePlan plan, bool pollable)
    {
        return Pipeline.Start(plan, new PipelineOptions
        {
            Lanes = Lanes,
            HostEnd = context => _hosts[context.Lane] = End(plan.Stages[0].Shape),
            NetworkEnd = context => _networks[context.Lane] = End(plan.Stages[^1].Shape),
        });

        IPacketEndpoint End(StageShape shape)
        {
            var memory = new MemoryEndpoint(shape, queue: Packets);
            return pollable ? new PollableEnd(memory) : memory;
        }
    }
}
