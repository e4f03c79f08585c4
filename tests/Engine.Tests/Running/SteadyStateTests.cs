using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Stages;

namespace Engine.Tests.Running;

public class SteadyStateTests
{
    private const int Warm = 5_000;
    private const int Measured = 15_000;
    private const int Windows = 5;

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void The_loops_allocate_nothing_per_packet(Direction direction)
    {
        var gauge = new AllocationGauge(Warm, Measured / Windows);
        Assert.True(PacketFilter.TryParse("not tcp", out var filter, out _));
        using var rig = Rig.Start(
            ("first", new ProbeOptions { When = filter }),
            ("gauge", new ProbeOptions { Outbound = (_, batch) => gauge.Note(batch.Count), Inbound = (_, batch) => gauge.Note(batch.Count) }),
            ("last", new ProbeOptions()));
        Flow(rig, direction, Warm + Measured + 3000);
        Assert.True(gauge.IsComplete);
        Assert.Equal(0, gauge.Allocated);
    }

    [Fact]
    public void Emissions_allocate_nothing_once_warm()
    {
        IStageContext? emitter = null;
        var gauge = new AllocationGauge(Warm, Measured / Windows);
        using var rig = Rig.Start(
            ("emitter", new ProbeOptions { Constructed = context => emitter = context }),
            ("gauge", new ProbeOptions { Outbound = (_, batch) => gauge.Note(batch.Count) }));
        rig.Network.Sink = static (_, _) => { };
        for (var i = 0; i < Warm + Measured + 3000;)
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

        Assert.True(rig.Network.WaitForSunk(Warm + Measured + 3000, Rig.Patience));
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

    /// <summary>
    /// Reads what its thread allocates in window after window of packets. The least counts: a wait on a lock of the end in memory may
    /// allocate once in a while, what the loop allocates for packets it allocates in every window.
    /// </summary>
    private sealed class AllocationGauge(int from, int window)
    {
        private long _packets;
        private long _next = from;
        private long _last = -1;
        private int _windows;

        public bool IsComplete => _windows >= Windows;

        public long Allocated { get; private set; } = long.MaxValue;

        public void Note(int packets)
        {
            _packets += packets;
            if (_packets < _next)
            {
                return;
            }

            var now = GC.GetAllocatedBytesForCurrentThread();
            if (_last >= 0)
            {
                Allocated = Math.Min(Allocated, now - _last);
                _windows++;
            }

            (_last, _next) = (now, _packets + window);
        }
    }
}
