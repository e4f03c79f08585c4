using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;

namespace Engine.Tests.Running;

public class PipelineTests
{
    [Fact]
    public void Packets_cross_in_both_directions_and_in_order()
    {
        using var rig = Rig.Start(("a", new ProbeOptions()), ("b", new ProbeOptions()));
        for (var i = 0; i < 1000; i++)
        {
            rig.Host.Inject(Rig.Packet(i));
            rig.Network.Inject(Rig.Packet(-i));
        }

        Assert.True(rig.Network.WaitForSunk(1000, Rig.Patience));
        Assert.True(rig.Host.WaitForSunk(1000, Rig.Patience));
        Assert.Equal(Enumerable.Range(0, 1000), rig.Network.Captured.Select(Rig.NumberOf));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => -i), rig.Host.Captured.Select(Rig.NumberOf));
    }

    [Fact]
    public void Outbound_goes_down_the_list_and_inbound_up()
    {
        List<string> down = [];
        List<string> up = [];
        ProbeOptions Probe(string id) => new()
        {
            Outbound = (_, _) => down.Add(id),
            Inbound = (_, _) => up.Add(id),
        };
        using (var rig = Rig.Start(("a", Probe("a")), ("b", Probe("b")), ("c", Probe("c"))))
        {
            rig.Host.Inject(Rig.Packet(1));
            rig.Network.Inject(Rig.Packet(2));
            Assert.True(rig.Network.WaitForSunk(1, Rig.Patience) && rig.Host.WaitForSunk(1, Rig.Patience));
        }

        Assert.Equal(["a", "b", "c"], down);
        Assert.Equal(["c", "b", "a"], up);
    }

    [Fact]
    public void A_dropped_packet_is_gone_for_the_stages_behind_and_counted_at_its_stage()
    {
        var seen = 0;
        var drop = new ProbeOptions
        {
            Outbound = (context, batch) =>
            {
                foreach (var packet in batch)
                {
                    if (packet.Data[4] % 2 == 1)
                    {
                        packet.Drop(context.Counters.DropReason("odd", "The number is odd."));
                    }
                }
            },
        };
        using var rig = Rig.Start(("drop", drop), ("count", new ProbeOptions { Outbound = (_, batch) => seen += batch.Count }));
        for (var i = 0; i < 100; i++)
        {
            rig.Host.Inject(Rig.Packet(i));
        }

        Assert.True(rig.Network.WaitForSunk(50, Rig.Patience));
        rig.Pipeline.Dispose();
        Assert.Equal(50, seen);
        var stages = rig.Pipeline.GetStatus().Stages;
        var dropper = stages.Single(stage => stage.Id == "drop");
        Assert.Equal((100, 50, 50), (dropper.Outbound.PacketsIn, dropper.Outbound.Dropped, dropper.Outbound.PacketsOut));
        Assert.Equal(800, dropper.Outbound.BytesIn);
        Assert.Equal(50, dropper.Counters.Single(counter => counter.Name == "odd").Value);
        Assert.Equal((50, 50), (stages[^1].Outbound.PacketsIn, stages[^1].Outbound.PacketsOut));
    }

    [Fact]
    public void Stages_are_constructed_from_the_network_upwards_and_disposed_downwards()
    {
        List<string> life = [];
        ProbeOptions Probe() => new()
        {
            Constructed = context => life.Add("+" + context.Id),
            Disposed = context => life.Add("-" + context.Id),
        };
        Rig.Start(("a", Probe()), ("b", Probe())).Dispose();
        Assert.Equal(["+b", "+a", "-a", "-b"], life);
    }

    [Fact]
    public void A_stage_that_cannot_start_closes_what_was_opened_and_reports_the_remedy()
    {
        List<string> disposed = [];
        ProbeOptions Probe() => new() { Disposed = context => disposed.Add(context.Id) };
        var broken = new ProbeOptions
        {
            Constructed = _ => throw new StageStartException("port 1 is in use", "choose another port"),
        };
        var error = Assert.Throws<PipelineStartException>(
            () => Rig.Start(("a", Probe()), ("broken", broken), ("c", Probe()), ("d", Probe())));
        Assert.Equal("broken: port 1 is in use", error.Message);
        Assert.Equal("choose another port", error.Remedy);
        Assert.Equal(["c", "d"], disposed);
    }

    [Fact]
    public async Task A_lost_end_closes_the_pipeline_with_exit_code_1()
    {
        var disposed = 0;
        using var rig = Rig.Start(("a", new ProbeOptions { Disposed = _ => disposed++ }));
        rig.Network.Lose("eth0 is gone");
        var exit = await rig.Pipeline.Completion.WaitAsync(Rig.Patience);
        Assert.Equal((1, "network: eth0 is gone"), (exit.ExitCode, exit.Reason));
        Assert.Equal(1, disposed);
    }

    [Fact]
    public async Task A_stage_can_end_the_pipeline()
    {
        using var rig = Rig.Start(("a", new ProbeOptions
        {
            Outbound = (context, _) => context.Fault(new InvalidOperationException("no entropy")),
        }));
        rig.Host.Inject(Rig.Packet(1));
        var exit = await rig.Pipeline.Completion.WaitAsync(Rig.Patience);
        Assert.Equal((1, "a: no entropy"), (exit.ExitCode, exit.Reason));
        Assert.Contains("Error: Closing: a: no entropy", rig.Log.Lines);
    }

    [Fact]
    public async Task Closing_finishes_what_is_under_way()
    {
        using var rig = Rig.Start(("a", new ProbeOptions
        {
            Outbound = (context, batch) =>
            {
                foreach (var packet in batch)
                {
                    if (context.TryRent(packet.Length, out var copy))
                    {
                        packet.Data.CopyTo(copy.Data);
                        context.Post(() => context.Emit(Direction.Outbound, copy));
                    }
                }
            },
        }));
        rig.Host.Inject(Rig.Packet(7));
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        rig.Pipeline.RequestStop();
        Assert.Equal(PipelineExit.Asked, await rig.Pipeline.Completion.WaitAsync(Rig.Patience));
        Assert.Equal([7, 7], rig.Network.Captured.Select(Rig.NumberOf));
    }

    [Fact]
    public void Lanes_have_instances_of_their_own_and_share_what_they_ask_to_share()
    {
        List<(int Lane, int Lanes, object Shared)> made = [];
        var disposed = new List<string>();
        var probe = new ProbeOptions
        {
            Constructed = context => made.Add((context.Lane, context.Lanes, context.State("shared", _ => new Disposable(() => disposed.Add("shared"))))),
            Disposed = _ => disposed.Add("instance"),
        };
        var plan = Rig.Plan(FaultPolicy.Drop, ("a", probe));
        Pipeline.Start(plan, new PipelineOptions
        {
            Lanes = 2,
            HostEnd = _ => new MemoryEndpoint(plan.Stages[0].Shape),
            NetworkEnd = _ => new MemoryEndpoint(plan.Stages[^1].Shape),
        }).Dispose();
        Assert.Equal([(0, 2), (1, 2)], made.Select(one => (one.Lane, one.Lanes)));
        Assert.Same(made[0].Shared, made[1].Shared);
        Assert.Equal(["instance", "instance", "shared"], disposed);
    }

    private sealed class Disposable(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }
}
