using Culvert.Packets;
using Culvert.Stages;

namespace Engine.Tests.Running;

public class SteadyStateTests
{
    private const int Warm = 5_000;
    private const int Measured = 15_000;

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void The_loops_allocate_nothing_per_packet(Direction direction)
    {
        var gauge = new AllocationGauge(Warm, Warm + Measured);
        using var rig = Rig.Start(
            ("first", new ProbeOptions()),
            ("gauge", new ProbeOptions { Outbound = (_, batch) => gauge.Note(batch.Count), Inbound = (_, batch) => gauge.Note(batch.Count) }),
            ("last", new ProbeOptions()));
        Flow(rig, direction, Warm + Measured + 1000);
        Assert.True(gauge.IsComplete);
        Assert.Equal(0, gauge.Allocated);
    }

    [Fact]
    public void Emissions_allocate_nothing_once_warm()
    {
        IStageContext? emitter = null;
        var gauge = new AllocationGauge(Warm, Warm + Measured);
        using var rig = Rig.Start(
            ("emitter", new ProbeOptions { Constructed = context => emitter = context }),
            ("gauge", new ProbeOptions { Outbound = (_, batch) => gauge.Note(batch.Count) }));
        rig.Network.Sink = static (_, _) => { };
        for (var i = 0; i < Warm + Measured + 1000;)
        {
            if (emitter!.TryRent(64, out var lease))
            {
                emitter.Emit(Direction.Outbound, lease);
                i++;
            }
            else
            {
                Thread.Yield();
            }
        }

        Assert.True(rig.Network.WaitForSunk(Warm + Measured + 1000, Rig.Patience));
        Assert.True(gauge.IsComplete);
        Assert.Equal(0, gauge.Allocated);
    }

    [Fact]
    public void An_idle_pipeline_does_not_wake()
    {
        using var rig = Rig.Start(("a", new ProbeOptions()));
        rig.Host.Inject(Rig.Packet(1));
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        var (host, network) = (rig.Host.Receives, rig.Network.Receives);
        Thread.Sleep(300);
        Assert.Equal((host, network), (rig.Host.Receives, rig.Network.Receives));
    }

    private static void Flow(Rig rig, Direction direction, int packets)
    {
        var (source, sink) = direction == Direction.Outbound ? (rig.Host, rig.Network) : (rig.Network, rig.Host);
        sink.Sink = static (_, _) => { };
        var packet = new byte[1400];
        for (var i = 0; i < packets; i++)
        {
            while (!source.Inject(packet))
            {
                Thread.Yield();
            }
        }

        Assert.True(sink.WaitForSunk(packets, Rig.Patience));
    }

    /// <summary>Reads what its thread has allocated when so many packets have passed, and again when so many more have.</summary>
    private sealed class AllocationGauge(int from, int to)
    {
        private long _packets;
        private long _start = -1;
        private long _end = -1;

        public bool IsComplete => _start >= 0 && _end >= 0;

        public long Allocated => _end - _start;

        public void Note(int packets)
        {
            _packets += packets;
            if (_start < 0 && _packets >= from)
            {
                _start = GC.GetAllocatedBytesForCurrentThread();
            }
            else if (_end < 0 && _packets >= to)
            {
                _end = GC.GetAllocatedBytesForCurrentThread();
            }
        }
    }
}
