using Culvert.Engine.Planning;
using Culvert.Engine.Running;

namespace Engine.Tests.Running;

public class FaultTests
{
    private static ProbeOptions Throwing(Func<bool> now) => new()
    {
        Outbound = (_, _) =>
        {
            if (now())
            {
                throw new InvalidOperationException("off by one");
            }
        },
    };

    [Fact]
    public void A_stage_that_throws_loses_its_batch_and_nothing_else()
    {
        var broken = true;
        using var rig = Rig.Start(("a", new ProbeOptions()), ("bad", Throwing(() => broken)), ("b", new ProbeOptions()));
        FeedOne(rig, "bad", 1);
        broken = false;
        rig.Host.Inject(Rig.Packet(2));
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        rig.Pipeline.Dispose();
        Assert.Equal([2], rig.Network.Captured.Select(Rig.NumberOf));
        var bad = rig.Pipeline.GetStatus().Stages.Single(stage => stage.Id == "bad");
        Assert.Equal((2, 1, 1), (bad.Outbound.PacketsIn, bad.Outbound.Faulted, bad.Outbound.PacketsOut));
    }

    [Fact]
    public void A_stage_that_throws_on_every_packet_is_logged_once_not_every_time()
    {
        using var rig = Rig.Start(("bad", Throwing(() => true)));
        for (var i = 0; i < 50; i++)
        {
            FeedOne(rig, "bad", i);
        }

        Assert.Single(rig.Log.Lines, line => line.Contains("off by one", StringComparison.Ordinal));
        Assert.Equal(50, rig.Pipeline.GetStatus().Stages[1].Faults);
        Assert.Equal("off by one", rig.Pipeline.GetStatus().Stages[1].LastFault!.Message);
        Assert.Null(rig.Pipeline.GetStatus().Stages[0].LastFault);
    }

    [Fact]
    public void Bypass_takes_the_stage_out_of_the_chain()
    {
        using var rig = Rig.Start(new PipelineOptions(), FaultPolicy.Bypass, ("a", new ProbeOptions()), ("bad", Throwing(() => true)));
        FeedOne(rig, "bad", 1);
        Assert.True(SpinWait.SpinUntil(() => rig.Pipeline.GetStatus().Stages[2].IsBypassed, Rig.Patience));
        for (var i = 2; i < 100; i++)
        {
            rig.Host.Inject(Rig.Packet(i));
        }

        Assert.True(rig.Network.WaitForSunk(98, Rig.Patience));
        Assert.Equal(1, rig.Pipeline.GetStatus().Stages[2].Faults);
    }

    [Fact]
    public async Task Stop_closes_the_pipeline_with_exit_code_1()
    {
        using var rig = Rig.Start(new PipelineOptions(), FaultPolicy.Stop, ("bad", Throwing(() => true)));
        rig.Host.Inject(Rig.Packet(1));
        var exit = await rig.Pipeline.Completion.WaitAsync(Rig.Patience);
        Assert.Equal(1, exit.ExitCode);
        Assert.Equal("bad threw InvalidOperationException and its on-fault is stop: off by one", exit.Reason);
    }

    [Fact]
    public void Drops_before_the_exception_keep_their_reason()
    {
        var options = new ProbeOptions
        {
            Outbound = (context, batch) =>
            {
                batch[0].Drop(context.Counters.DropReason("why", "A reason."));
                throw new InvalidOperationException();
            },
        };
        using var rig = Rig.Start(("bad", options));
        FeedOne(rig, "bad", 1);
        var bad = rig.Pipeline.GetStatus().Stages[1];
        Assert.Equal((1, 1, 0), (bad.Outbound.PacketsIn, bad.Outbound.Dropped, bad.Outbound.Faulted));
    }

    [Fact]
    public void What_posted_work_throws_is_contained()
    {
        using var rig = Rig.Start(("bad", new ProbeOptions
        {
            Outbound = (context, _) => context.Post(() => throw new InvalidOperationException("late")),
        }));
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(SpinWait.SpinUntil(() => rig.Pipeline.GetStatus().Stages[1].Faults == 1, Rig.Patience));
        rig.Host.Inject(Rig.Packet(2));
        Assert.True(rig.Network.WaitForSunk(2, Rig.Patience));
    }

    /// <summary>One packet, and none before it has been through: so that each is a batch of its own.</summary>
    private static void FeedOne(Rig rig, string id, int number)
    {
        var before = Received(rig, id);
        rig.Host.Inject(Rig.Packet(number));
        Assert.True(SpinWait.SpinUntil(() => Received(rig, id) > before, Rig.Patience));
        Assert.True(SpinWait.SpinUntil(
            () => rig.Pipeline.GetStatus().Stages.Single(stage => stage.Id == id) is var stage
                && (stage.Faults >= number || rig.Network.Sunk > 0), Rig.Patience));
    }

    private static long Received(Rig rig, string id) =>
        rig.Pipeline.GetStatus().Stages.Single(stage => stage.Id == id).Outbound.PacketsIn;
}
