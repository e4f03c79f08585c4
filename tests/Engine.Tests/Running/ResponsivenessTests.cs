using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Running;

/// <summary>What a watchdog asks: is anything stuck?</summary>
public class ResponsivenessTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void An_idle_pipeline_is_responsive()
    {
        using var rig = Rig.Start(("a", new ProbeOptions()));
        using var called = new ManualResetEventSlim();

        rig.Pipeline.WhenResponsive(_limit, called.Set);

        Assert.True(called.Wait(Rig.Patience));
    }

    [Fact]
    public void A_lane_that_stays_in_one_batch_is_not_and_is_again_when_it_returns()
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using var rig = Start(new ProbeOptions
        {
            Outbound = (_, _) =>
            {
                entered.Set();
                release.Wait();
            },
        });
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(entered.Wait(Rig.Patience));
        Assert.True(Ask(rig));

        _time.Advance(_limit + TimeSpan.FromSeconds(1));
        Assert.False(Ask(rig));

        release.Set();
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        Assert.True(SpinWait.SpinUntil(() => Ask(rig), Rig.Patience));
    }

    [Fact]
    public void A_blocked_service_thread_never_calls_back()
    {
        using var release = new ManualResetEventSlim();
        using var rig = Start(new ProbeOptions { Constructed = context => context.Post(release.Wait) });
        var called = 0;

        rig.Pipeline.WhenResponsive(_limit, () => Interlocked.Increment(ref called));

        Assert.Equal(0, called);
        release.Set();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref called) == 1, Rig.Patience));
    }

    private Rig Start(ProbeOptions options) => Rig.Start(new PipelineOptions { Time = _time }, FaultPolicy.Drop, ("a", options));

    // The callbacks run in order: the second one proves that the first had its chance.
    private static bool Ask(Rig rig)
    {
        var responsive = false;
        using var asked = new ManualResetEventSlim();
        rig.Pipeline.WhenResponsive(_limit, () => Volatile.Write(ref responsive, true));
        rig.Pipeline.WhenResponsive(TimeSpan.MaxValue, asked.Set);
        Assert.True(asked.Wait(Rig.Patience));
        return Volatile.Read(ref responsive);
    }
}
