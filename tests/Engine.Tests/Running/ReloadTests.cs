using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Running;

public class ReloadTests
{
    [Fact]
    public void Nothing_is_lost_and_nothing_is_reordered_while_chains_are_swapped()
    {
        const int packets = 20_000;
        using var rig = Rig.Start(("a", _same));
        var feeder = new Thread(() =>
        {
            for (var i = 0; i < packets; i++)
            {
                while (!rig.Host.Inject(Rig.Packet(i)))
                {
                    Thread.Yield();
                }
            }
        });
        feeder.Start();
        var swaps = 0;
        while (rig.Network.Sunk < packets && swaps < 100_000)
        {
            (string, ProbeOptions)[] stages = swaps++ % 2 == 0
                ? [("new", new ProbeOptions()), ("a", _same), ("more", new ProbeOptions())]
                : [("a", _same)];
            Assert.Equal(ReloadOutcome.Swapped, Reload(rig, stages).Outcome);
        }

        feeder.Join();
        Assert.True(rig.Network.WaitForSunk(packets, Rig.Patience));
        Assert.Equal(Enumerable.Range(0, packets), rig.Network.Captured.Select(Rig.NumberOf));
    }

    [Fact]
    public void What_did_not_change_is_kept_and_what_is_gone_is_disposed()
    {
        List<string> life = [];
        ProbeOptions Probe() => new()
        {
            Constructed = context => life.Add("+" + context.Id),
            Disposed = context => life.Add("-" + context.Id),
        };
        var kept = Probe();
        using var rig = Rig.Start(("kept", kept), ("gone", Probe()));
        life.Clear();
        var result = Reload(rig, ("new", Probe()), ("kept", kept));
        Assert.Equal(["+new", "-gone"], life);
        Assert.Equal(["new"], result.Added);
        Assert.Equal(["gone"], result.Removed);
        Assert.Empty(result.Changed);
        Assert.Equal(["host", "kept", "network"], result.Kept);
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        Assert.Equal(["host", "new", "kept", "network"], rig.Pipeline.GetStatus().Stages.Select(stage => stage.Id));
    }

    [Fact]
    public void A_new_stage_that_cannot_start_leaves_the_old_chain_running()
    {
        using var rig = Rig.Start(("a", _same));
        var result = Reload(rig, ("a", _same), ("b", new ProbeOptions
        {
            Constructed = context =>
            {
                Assert.True(context.TryRent(8, out var lease));
                context.Emit(Direction.Outbound, lease);
                throw new StageStartException("no such key", "make one");
            },
        }));
        Assert.Equal(ReloadOutcome.Failed, result.Outcome);
        Assert.Equal("b: no such key", result.Failure!.Message);
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        Assert.Equal(1, rig.Network.Sunk);
        Assert.Equal(0, rig.Pipeline.GetStatus().LeasesInUse);
    }

    [Fact]
    public void What_a_removed_stage_posted_runs_before_it_is_disposed_and_its_timers_do_not_after()
    {
        var time = new FakeTimeProvider();
        List<string> life = [];
        using var started = new ManualResetEventSlim();
        using var rig = Rig.Start(
            new PipelineOptions { Time = time }, FaultPolicy.Drop,
            ("a", _same),
            ("gone", new ProbeOptions
            {
                Constructed = context =>
                {
                    context.CreateTimer(() => life.Add("timer")).Schedule(TimeSpan.FromSeconds(1));
                    context.Post(() =>
                    {
                        started.Set();
                        Thread.Sleep(100);
                    });
                    context.Post(() => life.Add("posted"));
                },
                Disposed = _ => life.Add("disposed"),
            }));
        Assert.True(started.Wait(Rig.Patience));
        Reload(rig, ("a", _same));
        time.Advance(TimeSpan.FromSeconds(2));
        rig.Pipeline.Dispose();
        Assert.Equal(["posted", "disposed"], life);
    }

    [Fact]
    public void A_stage_whose_file_changed_is_replaced_and_its_neighbor_is_kept()
    {
        var file = new FilePath("key", Path.GetTempFileName());
        try
        {
            var named = new ProbeOptions { Named = [file] };
            File.WriteAllText(file.Full, "old key");
            using var rig = Rig.Start(("a", _same), ("b", named));
            Assert.Equal(["host", "a", "b", "network"], Reload(rig, ("a", _same), ("b", named)).Kept);

            File.WriteAllText(file.Full, "new key");

            var result = Reload(rig, ("a", _same), ("b", named));
            Assert.Equal(["b"], result.Changed);
            Assert.Equal(["host", "a", "network"], result.Kept);
        }
        finally
        {
            File.Delete(file.Full);
        }
    }

    [Fact]
    public void More_room_in_packet_slots_needs_a_restart()
    {
        using var rig = Rig.Start(("a", _same));
        var result = Reload(rig, ("a", _same), ("b", new ProbeOptions { Shape = StageShape.Through(PacketKind.Ip) with { Headroom = 64 } }));
        Assert.Equal(ReloadOutcome.NeedsRestart, result.Outcome);
    }

    [Fact]
    public void A_new_stage_emits_only_once_the_old_chain_is_left()
    {
        using var rig = Rig.Start(("a", _same));
        Reload(rig, ("a", _same), ("b", new ProbeOptions
        {
            Constructed = context =>
            {
                Assert.True(context.TryRent(8, out var lease));
                Rig.Packet(77).CopyTo(lease.Data);
                context.Emit(Direction.Outbound, lease);
            },
        }));
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        Assert.Equal(77, Rig.NumberOf(rig.Network.Captured.Single()));
    }

    private readonly ProbeOptions _same = new();

    private static ReloadResult Reload(Rig rig, params (string Id, ProbeOptions Options)[] stages) =>
        rig.Pipeline.Reload(Rig.Plan(FaultPolicy.Drop, stages));
}
