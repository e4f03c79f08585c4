using Culvert.Engine.Planning;
using Culvert.Engine.Running;

namespace Engine.Tests.Running;

/// <summary>Stages that do not return: closing and reloading have limits, and nothing is disposed that they still reach.</summary>
public sealed class StuckTests : IDisposable
{
    private static readonly TimeSpan _soon = TimeSpan.FromMilliseconds(300);

    private readonly ManualResetEventSlim _release = new();
    private readonly ManualResetEventSlim _inside = new();

    private PipelineOptions Hurried => new() { CloseLimit = _soon, StartLimit = _soon };

    public void Dispose()
    {
        _release.Set();
        _inside.Dispose();
    }

    [Fact]
    public async Task A_stage_that_never_returns_does_not_keep_the_pipeline_from_closing_and_what_it_reaches_stays()
    {
        var disposed = false;
        var reached = new ManualResetEventSlim();
        using var rig = Rig.Start(
            Hurried, FaultPolicy.Drop,
            ("stuck", new ProbeOptions { Outbound = (_, _) => Hang() }),
            ("other", new ProbeOptions
            {
                Outbound = (_, _) => reached.Set(),
                Disposed = _ => disposed = true,
            }));
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(_inside.Wait(Rig.Patience));
        rig.Pipeline.RequestStop();
        Assert.Equal(PipelineExit.Asked, await rig.Pipeline.Completion.WaitAsync(Rig.Patience));
        Assert.Contains(rig.Log.Lines, line => line.StartsWith("Warning: A batch in stuck did not end within 0.3 seconds", StringComparison.Ordinal));
        _release.Set();
        Assert.True(reached.Wait(Rig.Patience));
        Assert.False(disposed);
    }

    [Fact]
    public async Task Work_that_never_returns_leaves_its_stage_alone_and_the_others_are_disposed()
    {
        List<string> disposed = [];
        using var rig = Rig.Start(
            Hurried, FaultPolicy.Drop,
            ("stuck", new ProbeOptions { Constructed = context => context.Post(Hang), Disposed = _ => disposed.Add("stuck") }),
            ("other", new ProbeOptions { Disposed = _ => disposed.Add("other") }));
        Assert.True(_inside.Wait(Rig.Patience));
        rig.Pipeline.RequestStop();
        await rig.Pipeline.Completion.WaitAsync(Rig.Patience);
        Assert.Equal(["other"], disposed);
        Assert.Contains(rig.Log.Lines, line => line.Contains("posted work of stuck did not end", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_Dispose_that_never_returns_does_not_keep_the_pipeline_from_closing()
    {
        var disposed = false;
        using var rig = Rig.Start(
            Hurried, FaultPolicy.Drop,
            ("stuck", new ProbeOptions { Disposed = _ => Hang() }), ("other", new ProbeOptions { Disposed = _ => disposed = true }));
        rig.Pipeline.RequestStop();
        Assert.Equal(PipelineExit.Asked, await rig.Pipeline.Completion.WaitAsync(Rig.Patience));
        Assert.True(disposed);
        Assert.Contains(rig.Log.Lines, line => line.Contains("The stage's Dispose did not end", StringComparison.Ordinal));
    }

    [Fact]
    public void A_Dispose_that_never_returns_does_not_keep_the_next_reload_from_running()
    {
        using var rig = Rig.Start(Hurried, FaultPolicy.Drop, ("stuck", new ProbeOptions { Disposed = _ => Hang() }));
        Assert.Equal(ReloadOutcome.Swapped, rig.Pipeline.Reload(Rig.Plan([Rig.Probe("a", new ProbeOptions())])).Outcome);
        Assert.Equal(ReloadOutcome.Swapped, rig.Pipeline.Reload(Rig.Plan([Rig.Probe("b", new ProbeOptions())])).Outcome);
    }

    [Fact]
    public void A_constructor_that_never_returns_leaves_the_old_chain_running_and_is_disposed_when_it_does()
    {
        using var disposed = new ManualResetEventSlim();
        using var rig = Rig.Start(Hurried, FaultPolicy.Drop, ("a", new ProbeOptions()));
        var stuck = new ProbeOptions { Constructed = _ => Hang(), Disposed = _ => disposed.Set() };
        var result = rig.Pipeline.Reload(Rig.Plan([Rig.Probe("stuck", stuck)]));
        Assert.Equal(ReloadOutcome.Failed, result.Outcome);
        Assert.Equal("stuck: the stage's constructor did not return within 0.3 seconds", result.Failure!.Message);
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        _release.Set();
        Assert.True(disposed.Wait(Rig.Patience));
    }

    [Fact]
    public async Task A_reload_that_waits_for_a_constructor_does_not_keep_the_pipeline_from_closing()
    {
        using var rig = Rig.Start(
            new PipelineOptions { CloseLimit = _soon, StartLimit = Rig.Patience * 2 }, FaultPolicy.Drop, ("a", new ProbeOptions()));
        var reload = Task.Run(() => rig.Pipeline.Reload(Rig.Plan([Rig.Probe("stuck", new ProbeOptions { Constructed = _ => Hang() })])));
        Assert.True(_inside.Wait(Rig.Patience));
        rig.Pipeline.RequestStop();
        Assert.Equal(PipelineExit.Asked, await rig.Pipeline.Completion.WaitAsync(Rig.Patience));
        _release.Set();
        Assert.Equal(ReloadOutcome.Failed, (await reload.WaitAsync(Rig.Patience)).Outcome);
    }

    [Fact]
    public async Task State_whose_creation_never_returns_blocks_neither_a_reload_nor_the_end()
    {
        using var rig = Rig.Start(
            Hurried, FaultPolicy.Drop,
            ("stuck", new ProbeOptions { Outbound = (context, _) => context.State<object>("late", _ => { Hang(); return new object(); }) }),
            ("other", new ProbeOptions()));
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(_inside.Wait(Rig.Patience));
        var stuck = rig.Pipeline.Plan.Stages[1].Entry;
        var reload = Task.Run(() => rig.Pipeline.Reload(Rig.Plan([stuck, Rig.Probe("new", new ProbeOptions())])));
        Assert.Equal(ReloadOutcome.Swapped, (await reload.WaitAsync(Rig.Patience)).Outcome);
        rig.Pipeline.RequestStop();
        Assert.Equal(PipelineExit.Asked, await rig.Pipeline.Completion.WaitAsync(Rig.Patience));
    }

    [Fact]
    public void What_a_constructor_that_never_returns_can_reach_is_not_disposed()
    {
        var disposed = false;
        var options = new ProbeOptions
        {
            Constructed = context =>
            {
                context.State("reached", _ => new Noted(() => disposed = true));
                Hang();
            },
        };
        var error = Assert.Throws<PipelineStartException>(() => Rig.Start(Hurried, FaultPolicy.Drop, ("stuck", options)));
        Assert.Equal("stuck: the stage's constructor did not return within 0.3 seconds", error.Message);
        Assert.False(disposed);
    }

    [Fact]
    public void A_stage_that_begins_to_share_secrets_too_late_is_ended()
    {
        using var ended = new ManualResetEventSlim();
        var options = new ProbeOptions
        {
            Shares = () =>
            {
                Hang();
                return new Noted(ended.Set);
            },
        };
        using var rig = Rig.Start(Hurried with { StatusLimit = _soon }, FaultPolicy.Drop, ("stuck", options));
        using (var sharing = rig.Pipeline.ShareSecrets(_ => { }))
        {
            Assert.Equal(["stuck: ShareSecrets did not return within 0.3 seconds"], sharing.Problems);
        }

        _release.Set();
        Assert.True(ended.Wait(Rig.Patience));
    }

    private sealed class Noted(Action disposed) : IDisposable
    {
        public void Dispose() => disposed();
    }

    private void Hang()
    {
        _inside.Set();
        _release.Wait();
    }
}
