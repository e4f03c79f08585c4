using Culvert.Algorithms;
using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;

namespace Engine.Tests.Running;

/// <summary>What outlives an instance when a reload changes its options, and where its last packets go.</summary>
public class StateTests
{
    // Set CULVERT_LONG_RELOAD=1 for the long run: 1,000,000 packets and 1,000 reloads.
    private static readonly int _scale = Environment.GetEnvironmentVariable("CULVERT_LONG_RELOAD") is null ? 20 : 1;

    private static StageEntry Delay(int milliseconds, bool own = false) => new()
    {
        Id = "delay",
        Type = StageType.Of<DelayStage, DelayOptions>(),
        Options = new DelayOptions { Time = TimeSpan.FromMilliseconds(milliseconds), Own = own },
    };

    [Fact]
    public void A_delaying_stage_whose_time_changes_under_traffic_loses_and_reorders_nothing()
    {
        var (packets, reloads) = (1_000_000 / _scale, 1_000 / _scale);
        using var rig = Rig.Start(Rig.Plan([Delay(5)]));
        var order = new Order(rig);
        var feeder = order.Feed(packets);
        var done = 0;
        for (; done < reloads; done++)
        {
            // So that the reloads spread over the packets: the next one waits for its share of them.
            Assert.True(order.WaitFor((long)packets * done / reloads));
            var result = rig.Pipeline.Reload(Rig.Plan([Delay(1 + (done % 7))]));
            Assert.Equal((ReloadOutcome.Swapped, "delay"), (result.Outcome, Assert.Single(result.Changed)));
        }

        feeder.Join();
        Assert.True(order.WaitFor(packets), $"{order.Seen} of {packets} arrived");
        Assert.Equal((packets, 0), (order.Seen, order.Reordered));
        TestContext.Current.TestOutputHelper?.WriteLine($"{packets} packets, {done} reloads, {packets - order.Seen} lost, {order.Reordered} reordered");
    }

    [Fact]
    public void What_an_instance_emits_while_it_is_disposed_enters_at_its_successors_place()
    {
        const int packets = 20;
        var behind = 0;
        var counting = Rig.Probe("behind", new ProbeOptions { Outbound = (_, batch) => Interlocked.Add(ref behind, batch.Count) });
        using var rig = Rig.Start(Rig.Plan([Delay(60_000, own: true), counting]));
        var order = new Order(rig);
        order.Feed(packets).Join();
        Assert.True(SpinWait.SpinUntil(() => rig.Pipeline.GetStatus().Stages[1].Held == packets, Rig.Patience));
        rig.Pipeline.Reload(Rig.Plan([Delay(0, own: true), counting]));
        Assert.True(order.WaitFor(packets));
        Assert.Equal(packets, behind);
    }

    [Theory]
    [InlineData(true, 20)]
    [InlineData(false, 0)]
    public void What_a_removed_stage_emits_enters_at_the_nearest_stage_that_was_kept(bool neighbourIsKept, int seenThere)
    {
        const int packets = 20;
        var (above, below) = (0, 0);
        var upper = Rig.Probe("above", new ProbeOptions { Outbound = (_, batch) => Interlocked.Add(ref above, batch.Count) });
        var lower = Rig.Probe("below", new ProbeOptions { Outbound = (_, batch) => Interlocked.Add(ref below, batch.Count) });
        using var rig = Rig.Start(Rig.Plan([upper, Delay(60_000, own: true), lower]));
        var order = new Order(rig);
        order.Feed(packets).Join();
        Assert.True(SpinWait.SpinUntil(() => rig.Pipeline.GetStatus().Stages[2].Held == packets, Rig.Patience));
        rig.Pipeline.Reload(Rig.Plan(neighbourIsKept ? [upper, lower] : [upper]));
        Assert.True(order.WaitFor(packets));
        Assert.Equal((packets, seenThere), (above, below));
    }

    [Fact]
    public void What_is_emitted_after_Dispose_is_a_counted_drop()
    {
        PacketLease late = default;
        IStageContext? context = null;
        var version = 0;
        ProbeOptions Options() => new()
        {
            Version = version++,
            Constructed = given =>
            {
                context ??= given;
                Assert.True(late.Equals(default(PacketLease)) ? given.TryRent(8, out late) : true);
            },
        };
        using var rig = Rig.Start(Rig.Plan([Rig.Probe("a", Options())]));
        rig.Pipeline.Reload(Rig.Plan([Rig.Probe("a", Options())]));
        context!.Emit(Direction.Outbound, late);
        var stage = rig.Pipeline.GetStatus().Stages[1];
        Assert.Equal(1, stage.Outbound.Discarded);
        Assert.Equal(1, stage.Counters.Single(counter => counter.Name == "undeliverable").Value);
        Assert.Equal(0, rig.Network.Sunk);
    }

    [Fact]
    public void A_token_bucket_keeps_its_level_when_its_options_change()
    {
        TokenBucket? bucket = null;
        var version = 0;
        ProbeOptions Options() => new()
        {
            Version = version++,
            Constructed = context => bucket = context.State("bucket", entry => new TokenBucket(entry.Time, rate: 1, burst: 100)),
        };
        using var rig = Rig.Start(Rig.Plan([Rig.Probe("police", Options())]));
        Assert.True(bucket!.TryTake(100));
        var first = bucket;
        Assert.Equal(["police"], rig.Pipeline.Reload(Rig.Plan([Rig.Probe("police", Options())])).Changed);
        Assert.Same(first, bucket);
        Assert.False(bucket.TryTake(50));
    }

    [Fact]
    public void State_is_told_apart_by_name_and_exact_type_and_disposed_with_the_entry()
    {
        List<string> disposed = [];
        List<object> made = [];
        var version = 0;
        ProbeOptions Options() => new()
        {
            Version = version++,
            Constructed = context =>
            {
                made.Add(context.State("x", _ => new Named(() => disposed.Add("x"))));
                made.Add(context.State("y", _ => new Named(() => disposed.Add("y"))));
                made.Add(context.State<IDisposable>("x", _ => new Named(() => disposed.Add("interface"))));
            },
        };
        using (var rig = Rig.Start(Rig.Plan([Rig.Probe("a", Options())])))
        {
            rig.Pipeline.Reload(Rig.Plan([Rig.Probe("a", Options())]));
            Assert.Equal(6, made.Count);
            Assert.Equal(3, made.Distinct().Count());
            Assert.Empty(disposed);
            rig.Pipeline.Reload(Rig.Plan([Rig.Probe("b", new ProbeOptions())]));
            Assert.Equal(["interface", "y", "x"], disposed);
        }

        Assert.Equal(3, disposed.Count);
    }

    [Fact]
    public void The_objects_timers_posts_and_emissions_outlive_the_instance_that_created_them()
    {
        IStageContext? entry = null;
        var version = 0;
        ProbeOptions Options() => new() { Version = version++, Constructed = context => context.State("x", given => (object)(entry = given)) };
        using var rig = Rig.Start(Rig.Plan([Rig.Probe("a", Options())]));
        rig.Pipeline.Reload(Rig.Plan([Rig.Probe("a", Options())]));
        using var fired = new ManualResetEventSlim();
        entry!.CreateTimer(() => entry.Post(fired.Set)).Schedule(TimeSpan.Zero);
        Assert.True(fired.Wait(Rig.Patience));
        Assert.True(entry.TryRent(8, out var lease));
        entry.Emit(Direction.Outbound, lease);
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
    }

    [Fact]
    public void A_failed_reload_leaves_the_state_as_it_was()
    {
        var applied = 0;
        var version = 0;
        ProbeOptions Options() => new() { Version = version++, Constructed = context => context.Post(() => Interlocked.Increment(ref applied)) };
        using var rig = Rig.Start(Rig.Plan([Rig.Probe("a", Options())]));
        Assert.True(SpinWait.SpinUntil(() => applied == 1, Rig.Patience));
        var broken = new ProbeOptions { Constructed = _ => throw new StageStartException("no such key", "create one") };
        Assert.Equal(ReloadOutcome.Failed, rig.Pipeline.Reload(Rig.Plan([Rig.Probe("b", broken), Rig.Probe("a", Options())])).Outcome);
        rig.Pipeline.Dispose();
        Assert.Equal(1, applied);
    }

    private sealed class Named(Action disposed) : IDisposable
    {
        public void Dispose() => disposed();
    }

    /// <summary>Numbered packets, and whether they arrive in order.</summary>
    private sealed class Order
    {
        // Fewer than the pool has: a stage that holds them must not run out.
        private const int UnderWay = 2000;

        private readonly Rig _rig;
        private int _last = -1;
        private int _reordered;

        public Order(Rig rig)
        {
            _rig = rig;
            rig.Network.Sink = (packet, _) =>
            {
                var number = BitConverter.ToInt32(packet[4..]);
                _reordered += number < _last ? 1 : 0;
                _last = number;
            };
        }

        public int Seen => (int)_rig.Network.Sunk;

        public int Reordered => Volatile.Read(ref _reordered);

        public Thread Feed(int packets)
        {
            var feeder = new Thread(() =>
            {
                for (var i = 0; i < packets; i++)
                {
                    while (i - _rig.Network.Sunk >= UnderWay || !_rig.Host.Inject(Rig.Packet(i)))
                    {
                        Thread.Yield();
                    }
                }
            })
            {
                IsBackground = true,
            };
            feeder.Start();
            return feeder;
        }

        public bool WaitFor(long count) => _rig.Network.WaitForSunk(count, Rig.Patience);
    }
}
