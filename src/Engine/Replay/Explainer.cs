using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Packets;

namespace Culvert.Engine.Replay;

/// <summary>Runs packets one at a time through the stages that take IP packets and tells each one's story. Not thread-safe.</summary>
public sealed class Explainer : IDisposable
{
    private readonly Direction _direction;
    private readonly ManualClock _clock = new(0);
    private readonly JourneyWatch _watch;
    private readonly SteppedPipeline _pipeline;
    private readonly PacketRoom _room;

    /// <summary>Constructs the stages.</summary>
    /// <param name="plan">The file's plan.</param>
    /// <param name="direction">Which way the packets go.</param>
    /// <exception cref="PipelineStartException">A stage could not start.</exception>
    public Explainer(PipelinePlan plan, Direction direction)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _direction = direction;
        _room = plan.LeaseRoom;
        _watch = new JourneyWatch(() => _pipeline!.LastFault);
        _pipeline = new SteppedPipeline(IpStages.Cut(plan), new SteppedOptions
        {
            Clock = _clock,
            HostSink = _ => { },
            NetworkSink = _ => { },
            Watch = _watch,
            OnDrop = (reason, _) => _watch.NoteDrop(reason),
            BatchSize = 1,
        })
        {
            OnEmit = (_, way, lease) => _watch.NoteEmission(way, lease),
        };
        var stages = IpStages.Of(plan).Select(stage => stage.Entry.Id);
        StageIds = [.. direction == Direction.Outbound ? stages : stages.Reverse()];
    }

    /// <summary>The stages in the order in which a packet meets them.</summary>
    public IReadOnlyList<string> StageIds { get; }

    /// <summary>Runs one packet.</summary>
    /// <param name="number">Its number in the capture.</param>
    /// <param name="timestamp">Nanoseconds since 1970 UTC; the stages' clock is set to it.</param>
    /// <param name="packet">The packet; it is copied.</param>
    public PacketStory Explain(long number, long timestamp, ReadOnlySpan<byte> packet)
    {
        var slot = GC.AllocateUninitializedArray<byte>(_room.Headroom + packet.Length + _room.Tailroom, pinned: true);
        packet.CopyTo(slot.AsSpan(_room.Headroom));
        _pipeline.AdvanceTo(timestamp);
        _ = _watch.TakeSteps();
        _pipeline.Open(_direction).AddForeign(slot, 0, _room.Headroom, packet.Length, slot.Length);
        _pipeline.Run(_direction);
        return new PacketStory(number, timestamp, _direction, packet.ToArray(), _watch.TakeSteps());
    }

    /// <summary>Disposes the stages.</summary>
    public void Dispose() => _pipeline.Dispose();
}
