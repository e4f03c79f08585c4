using Culvert.Endpoints;
using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Stages;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Running;

public class ServiceTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_pipeline_counts_the_time_in_suspend() => Assert.Same(BootClock.Current, new PipelineOptions().Time);

    [Fact]
    public void A_timer_runs_once_when_it_is_due_on_the_service_thread()
    {
        StageTimer? timer = null;
        string? thread = null;
        var ran = 0;
        using var rig = StartTimed(context => timer = context.CreateTimer(() =>
        {
            thread = Thread.CurrentThread.Name;
            Interlocked.Increment(ref ran);
        }));
        timer!.Schedule(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9));
        Settle(rig);
        Assert.Equal(0, ran);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref ran) == 1, Rig.Patience));
        Assert.Equal("culvert service", thread);
        _time.Advance(TimeSpan.FromHours(1));
        Settle(rig);
        Assert.Equal(1, ran);
    }

    [Fact]
    public void A_timer_that_is_cancelled_or_set_later_does_not_run_at_the_old_time()
    {
        StageTimer? cancelled = null;
        StageTimer? later = null;
        List<string> ran = [];
        using var rig = StartTimed(context =>
        {
            cancelled = context.CreateTimer(() => ran.Add("cancelled"));
            later = context.CreateTimer(() => ran.Add("later"));
        });
        cancelled!.Schedule(TimeSpan.FromSeconds(1));
        later!.Schedule(TimeSpan.FromSeconds(1));
        cancelled.Cancel();
        later.Schedule(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(4));
        Settle(rig);
        Assert.Empty(ran);
        _time.Advance(TimeSpan.FromSeconds(1));
        Settle(rig);
        Assert.Equal(["later"], ran);
    }

    [Fact]
    public void Posted_work_runs_in_the_order_of_posting()
    {
        IStageContext? context = null;
        List<int> ran = [];
        using var rig = StartTimed(given =>
        {
            context = given;
            given.Post(() => ran.Add(-1));
        });
        for (var i = 0; i < 1000; i++)
        {
            var number = i;
            context!.Post(() => ran.Add(number));
        }

        Settle(rig);
        Assert.Equal(Enumerable.Range(-1, 1001), ran);
    }

    [Fact]
    public void Posting_without_end_is_refused_not_stored()
    {
        IStageContext? context = null;
        using var blocked = new ManualResetEventSlim();
        using var rig = StartTimed(given => context = given);
        context!.Post(blocked.Wait);
        var error = Assert.Throws<InvalidOperationException>(() =>
        {
            for (var i = 0; i < 1_000_000; i++)
            {
                context.Post(() => { });
            }
        });
        Assert.Contains("wait already", error.Message, StringComparison.Ordinal);
        blocked.Set();
    }

    [Fact]
    public void A_smaller_path_reaches_every_stage_and_never_exceeds_the_file()
    {
        List<(string Id, int Mtu)> told = [];
        List<IStageContext> contexts = [];
        IEndpointContext? network = null;
        void Watch(IStageContext context)
        {
            contexts.Add(context);
            context.MtuChanged += () => told.Add((context.Id, context.Mtu));
        }

        var tunnel = StageShape.Through(PacketKind.Ip) with { Overhead = 32 };
        var plan = Rig.Plan(
            FaultPolicy.Drop, ("a", new ProbeOptions { Constructed = Watch }), ("b", new ProbeOptions { Constructed = Watch, Shape = tunnel }));
        using var pipeline = Pipeline.Start(plan, new PipelineOptions
        {
            HostEnd = _ => new Culvert.Testing.MemoryEndpoint(plan.Stages[0].Shape),
            NetworkEnd = context =>
            {
                network = context;
                return new Culvert.Testing.MemoryEndpoint(plan.Stages[^1].Shape);
            },
        });
        Assert.Equal([1440, 1440], contexts.Select(context => context.Mtu));
        network!.ReportMtu(1400);
        Settle(network);
        Assert.Equal([("a", 1340), ("b", 1340)], told);
        network.ReportMtu(9000);
        Settle(network);
        Assert.Equal([("a", 1440), ("b", 1440)], told.Skip(2));
    }

    private Rig StartTimed(Action<IStageContext> constructed)
    {
        return Rig.Start(
            new PipelineOptions { Time = _time }, FaultPolicy.Drop,
            ("a", new ProbeOptions { Constructed = constructed, Inbound = (context, _) => _last = context }));
    }

    private IStageContext? _last;

    private void Settle(Rig rig)
    {
        rig.Network.Inject(Rig.Packet(0));
        Assert.True(SpinWait.SpinUntil(() => _last is not null, Rig.Patience));
        Settle(_last!);
    }

    /// <summary>Waits until the service thread has done what was queued before.</summary>
    private static void Settle(IStageContext context)
    {
        using var done = new ManualResetEventSlim();
        context.Post(done.Set);
        Assert.True(done.Wait(Rig.Patience));
    }
}
