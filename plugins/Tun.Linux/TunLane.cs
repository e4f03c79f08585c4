using System.Runtime.Versioning;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>One lane's queue of the device, with what reads and writes it. It outlives a reload, with the packets that it has under way.</summary>
[SupportedOSPlatform("linux")]
internal sealed class TunLane : IDisposable
{
    private readonly TunDevice _device;

    /// <summary>Takes a queue of the device.</summary>
    /// <exception cref="StageStartException">The kernel has no more.</exception>
    public TunLane(TunDevice device, IEndpointContext context)
    {
        _device = device;
        Queue = device.TakeQueue();
        var counters = new TunCounters(context.Counters);
        Source = new TunSource(Queue, context, counters);
        Sink = new TunSink(Queue, device.Offload, counters, context.Logger);
    }

    public TunQueue Queue { get; }

    public TunSource Source { get; }

    public TunSink Sink { get; }

    /// <summary>Closes the queue; the device goes with the last one.</summary>
    public void Dispose()
    {
        _device.BeginClose();
        Queue.Dispose();
    }
}
