using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;

namespace Engine.Tests.Running;

public class EmissionTests
{
    [Fact]
    public void Emissions_enter_behind_their_stage_in_order_and_their_leases_come_back()
    {
        IStageContext? context = null;
        var (above, below) = (0, 0);
        using var rig = Rig.Start(
            ("above", new ProbeOptions { Outbound = (_, batch) => above += batch.Count, Inbound = (_, batch) => above += batch.Count }),
            ("emitter", new ProbeOptions { Constructed = given => context = given }),
            ("below", new ProbeOptions { Outbound = (_, batch) => below += batch.Count, Inbound = (_, batch) => below += batch.Count }));
        var capacity = 0;
        for (var i = 0; i < 1000; i++)
        {
            Emit(context!, Direction.Outbound, i);
            Emit(context!, Direction.Inbound, i);
            Assert.True(rig.Network.WaitForSunk(i - 200, Rig.Patience) && rig.Host.WaitForSunk(i - 200, Rig.Patience));
        }

        Assert.True(rig.Network.WaitForSunk(1000, Rig.Patience) && rig.Host.WaitForSunk(1000, Rig.Patience));
        rig.Pipeline.Dispose();
        Assert.Equal((1000, 1000), (above, below));
        Assert.Equal(Enumerable.Range(0, 1000), rig.Network.Captured.Select(Rig.NumberOf));
        Assert.Equal(Enumerable.Range(0, 1000), rig.Host.Captured.Select(Rig.NumberOf));
        while (context!.TryRent(1, out _))
        {
            capacity++;
        }

        Assert.Equal(4096, capacity);
    }

    [Fact]
    public void What_is_emitted_before_the_pipeline_runs_waits_until_it_does()
    {
        using var rig = Rig.Start(("a", new ProbeOptions { Constructed = context => Emit(context, Direction.Outbound, 42) }));
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        Assert.Equal(42, Rig.NumberOf(rig.Network.Captured.Single()));
    }

    [Fact]
    public void An_emission_of_an_endpoint_towards_its_own_side_reaches_its_own_sink()
    {
        IStageContext? hostContext = null;
        var plan = Rig.Plan(FaultPolicy.Drop, ("a", new ProbeOptions()));
        var host = new MemoryEndpoint(plan.Stages[0].Shape);
        using var pipeline = Pipeline.Start(plan, new PipelineOptions
        {
            HostEnd = context =>
            {
                hostContext = context;
                return host;
            },
            NetworkEnd = _ => new MemoryEndpoint(plan.Stages[^1].Shape),
        });
        Emit(hostContext!, Direction.Inbound, 9);
        Assert.True(host.WaitForSunk(1, Rig.Patience));
        Assert.Equal(9, Rig.NumberOf(host.Captured.Single()));
    }

    [Fact]
    public void A_lease_that_was_emitted_cannot_be_emitted_again()
    {
        IStageContext? context = null;
        using var rig = Rig.Start(("a", new ProbeOptions { Constructed = given => context = given }));
        Assert.True(context!.TryRent(8, out var lease));
        context.Emit(Direction.Outbound, lease);
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        SpinWait.SpinUntil(() => Throws(lease), Rig.Patience);
        Assert.Throws<ObjectDisposedException>(() => context.Emit(Direction.Outbound, lease));
    }

    private static bool Throws(PacketLease lease)
    {
        try
        {
            return lease.Length < 0;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private static void Emit(IStageContext context, Direction direction, int number)
    {
        var packet = Rig.Packet(number);
        Assert.True(context.TryRent(packet.Length, out var lease));
        packet.CopyTo(lease.Data);
        context.Emit(direction, lease);
    }
}
