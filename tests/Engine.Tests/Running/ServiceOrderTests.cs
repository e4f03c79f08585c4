using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Stages;
using Culvert.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Running;

/// <summary>Posted work and timers run in the order in which they came, in a pipeline and in the test kit.</summary>
public sealed class ServiceOrderTests
{
    private static readonly string[] _order = ["posted before", "timer", "late timer", "posted after"];

    [Fact]
    public void The_host_runs_service_work_in_the_order_in_which_it_came()
    {
        var time = new FakeTimeProvider();
        List<string> ran = [];
        using var done = new ManualResetEventSlim();
        IStageContext? context = null;
        using var rig = Rig.Start(new PipelineOptions { Time = time }, FaultPolicy.Drop, ("probe", new ProbeOptions { Constructed = own => context = own }));
        using var blocked = new ManualResetEventSlim();
        context!.Post(() => Assert.True(blocked.Wait(Rig.Patience)));
        Schedule(context, time, ran, done.Set);
        blocked.Set();

        Assert.True(done.Wait(Rig.Patience));
        Assert.Equal(_order, ran);
    }

    [Fact]
    public void The_kit_runs_service_work_in_the_order_in_which_it_came()
    {
        var time = new FakeTimeProvider();
        List<string> ran = [];
        using var context = new TestStageContext(time);
        Schedule(context, time, ran, () => { });

        Assert.Equal(4, context.RunService());
        Assert.Equal(_order, ran);
    }

    [Fact]
    public void In_the_kit_too_a_stage_that_posts_without_end_is_refused()
    {
        using var context = new TestStageContext();
        for (var i = 0; i < 65_536; i++)
        {
            context.Post(() => { });
        }

        Assert.Throws<InvalidOperationException>(() => context.Post(() => { }));
    }

    private static void Schedule(IStageContext context, FakeTimeProvider time, List<string> ran, Action done)
    {
        context.Post(() => ran.Add("posted before"));
        context.CreateTimer(() => ran.Add("late timer")).Schedule(TimeSpan.FromSeconds(2));
        context.CreateTimer(() => ran.Add("timer")).Schedule(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(3));
        context.Post(() =>
        {
            ran.Add("posted after");
            done();
        });
    }
}
