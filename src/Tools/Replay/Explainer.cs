using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Packets;

namespace Culvert.Tools.Replay;

/// <summary>Runs packets one at a time through the stages that take IP packets and traces each one. Not thread-safe.</summary>
internal sealed class Explainer : IDisposable
{
    private readonly PipelinePlan _plan;
    private readonly Direction _direction;
    private readonly JourneyObserver _observer;
    private SteppedPipeline? _pipeline;

    /// <summary>Prepares the explanations.</summary>
    /// <param name="plan">The file's plan.</param>
    /// <param name="direction">Which way the packets go.</param>
    public Explainer(PipelinePlan plan, Direction direction)
    {
        ArgumentNullException.ThrowIfNull(plan);
        (_plan, _direction) = (plan, direction);
        _observer = new JourneyObserver(() => _pipeline?.LastFault);
        var stages = IpStages.Of(plan).Select(stage => stage.Entry.Id);
        StageIds = [.. direction == Direction.Outbound ? stages : stages.Reverse()];
    }

    /// <summary>The stages in the order in which a packet meets them.</summary>
    public IReadOnlyList<string> StageIds { get; }

    /// <summary>Called for each packet that a stage makes, with the stage's id.</summary>
    public Action<string, MadePacket>? OnMade { get; init; }

    /// <summary>Why the pipeline would have ended; null while all is well.</summary>
    public string? Failure => _pipeline?.Failure;

    /// <summary>The stages and their counters; empty before the first packet.</summary>
    public IReadOnlyList<StageUnit> Units => _pipeline?.Units ?? [];

    /// <summary>Lets time pass without a packet.</summary>
    /// <param name="timestamp">Nanoseconds since 1970 UTC.</param>
    /// <exception cref="PipelineStartException">A stage could not start.</exception>
    public void AdvanceTo(long timestamp)
    {
        _pipeline ??= Start(timestamp);
        _pipeline.AdvanceTo(timestamp);
    }

    /// <summary>Runs one packet.</summary>
    /// <param name="number">Its number in the capture.</param>
    /// <param name="timestamp">Nanoseconds since 1970 UTC; the stages' clock is set to it.</param>
    /// <param name="packet">The packet; it is copied.</param>
    /// <exception cref="PipelineStartException">A stage could not start.</exception>
    public PacketStory Explain(long number, long timestamp, ReadOnlySpan<byte> packet) => Explain(number, timestamp, packet, _direction);

    /// <summary>Runs one packet of another direction than the others, perhaps.</summary>
    /// <param name="number">Its number in the capture.</param>
    /// <param name="timestamp">Nanoseconds since 1970 UTC; the stages' clock is set to it.</param>
    /// <param name="packet">The packet; it is copied.</param>
    /// <param name="direction">Which way this packet goes.</param>
    public PacketStory Explain(long number, long timestamp, ReadOnlySpan<byte> packet, Direction direction)
    {
        AdvanceTo(timestamp);
        var room = _plan.LeaseRoom;
        var slot = GC.AllocateUninitializedArray<byte>(room.Headroom + packet.Length + room.Tailroom, pinned: true);
        packet.CopyTo(slot.AsSpan(room.Headroom));
        _ = _observer.TakeSteps();
        _pipeline!.Open(direction).AddForeign(slot, 0, room.Headroom, packet.Length, slot.Length);
        _pipeline.Run(direction);
        return new PacketStory(number, timestamp, direction, packet.ToArray(), _observer.TakeSteps());
    }

    /// <summary>Disposes the stages.</summary>
    public void Dispose() => _pipeline?.Dispose();

    private SteppedPipeline Start(long time) => new(IpStages.Cut(_plan), new SteppedOptions
    {
        Shadows = true,
        Clock = new ManualClock(time),
        HostSink = _ => { },
        NetworkSink = _ => { },
        Observer = _observer,
        OnDrop = (reason, _) => _observer.NoteDrop(reason),
        BatchSize = 1,
    })
    {
        OnEmit = NoteEmission,
    };

    private void NoteEmission(StageNode emitter, Direction direction, PooledPacket packet)
    {
        _observer.NoteEmission(emitter, direction, packet);
        OnMade?.Invoke(emitter.Unit.Id, new MadePacket(direction, packet.Slot.Data.ToArray()));
    }
}
