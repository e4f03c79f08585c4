using Culvert.Counters;
using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Tools.Replay;

namespace Culvert.Tools.Diffs;

/// <summary>
/// One of the two pipelines that are compared: it runs a batch and keeps what became of each packet, found by the packet's place in the batch.
/// Constant memory. Not thread-safe.
/// </summary>
internal sealed class DiffSide : IChainObserver, IDisposable
{
    // Enough for every header; what a stage changes behind it is found by the comparison of what leaves.
    private const int HashedBytes = 160;

    private readonly PipelinePlan _plan;
    private readonly Direction _direction;
    private readonly Dictionary<StageNode, int> _places = [];
    private readonly PacketFate[] _fates = new PacketFate[FrameStore.Capacity];
    private readonly ulong[] _states;
    private SteppedPipeline? _pipeline;
    private byte[] _left = new byte[1 << 18];
    private int _used;
    private int _current = -1;

    public DiffSide(PipelinePlan plan, Direction direction)
    {
        (_plan, _direction) = (plan, direction);
        var stages = IpStages.Of(plan).Select(stage => stage.Entry.Id);
        StageIds = [.. direction == Direction.Outbound ? stages : stages.Reverse()];
        _states = new ulong[FrameStore.Capacity * (StageIds.Count + 1)];
        Frames = new FrameStore(plan.LeaseRoom);
    }

    /// <summary>The stages in the order in which a packet meets them.</summary>
    public IReadOnlyList<string> StageIds { get; }

    /// <summary>The batch that is collected.</summary>
    public FrameStore Frames { get; }

    /// <summary>The largest packet inside the tunnel, in bytes.</summary>
    public int Mtu => _plan.Mtu.Inner;

    /// <summary>When the next timer of a stage fires; null when none is set.</summary>
    public long? NextDue => _pipeline?.NextDue;

    /// <summary>Why the pipeline would have ended; null while all is well.</summary>
    public string? Failure => _pipeline?.Failure;

    /// <summary>The stages and their counters.</summary>
    public IReadOnlyList<StageUnit> Units => _pipeline?.Units ?? [];

    /// <summary>Starts the stages at a time, in nanoseconds since 1970 UTC.</summary>
    /// <exception cref="PipelineStartException">A stage could not start.</exception>
    public void Start(long time)
    {
        _pipeline = new SteppedPipeline(IpStages.Cut(_plan), new SteppedOptions
        {
            Clock = new ManualClock(time),
            HostSink = batch => Reach(Direction.Inbound, batch),
            NetworkSink = batch => Reach(Direction.Outbound, batch),
            Observer = this,
            OnDrop = NoteDrop,
            BatchSize = FrameStore.Capacity,
        });
        foreach (var unit in _pipeline.Units.Where(unit => !unit.IsEnd))
        {
            _places.Add(unit.Nodes[0], StageIds.ToList().IndexOf(unit.Id));
        }
    }

    /// <summary>Runs the collected batch.</summary>
    public void Run()
    {
        _used = 0;
        Array.Clear(_fates, 0, Frames.Count);
        Array.Clear(_states);
        _pipeline!.AdvanceTo(Frames.FirstTimestamp);
        var batch = _pipeline.Open(_direction);
        Frames.Fill(batch);
        foreach (var packet in batch)
        {
            State((int)packet.Mark - 1, 0) = Hash(packet.Data);
        }

        _pipeline.Run(_direction);
    }

    /// <summary>What became of a packet.</summary>
    /// <param name="place">Its place in the batch, from 0.</param>
    public ref readonly PacketFate FateOf(int place) => ref _fates[place];

    /// <summary>A packet that left; good until the next batch.</summary>
    public Span<byte> LeftOf(int place) => _left.AsSpan(_fates[place].Offset, _fates[place].Length);

    /// <summary>The state of a packet's headers behind a number of stages; 0 where it did not come.</summary>
    public ref ulong State(int place, int stages) => ref _states[(place * (StageIds.Count + 1)) + stages];

    public bool Begin(PacketBatch batch, StageNode first, StageNode? emitter) => emitter is null;

    public void Before(StageNode node, PacketBatch batch) => _current = _places.GetValueOrDefault(node, -1);

    public void After(StageNode node, PacketBatch batch)
    {
        for (var i = 0; i < batch.Count && _current >= 0; i++)
        {
            var packet = batch[i];
            if (!packet.IsDropped && packet.Mark != 0)
            {
                State((int)packet.Mark - 1, _current + 1) = Hash(packet.Data);
            }
        }

        _current = -1;
    }

    public void End(PacketBatch batch) => _current = -1;

    /// <summary>Disposes the stages.</summary>
    public void Dispose() => _pipeline?.Dispose();

    private void NoteDrop(DropReason reason, uint mark)
    {
        if (mark != 0 && mark <= Frames.Count && _current >= 0)
        {
            _fates[mark - 1] = new PacketFate { Stage = _current, Reason = reason };
        }
    }

    private void Reach(Direction direction, PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            if (direction != _direction || packet.Mark == 0 || packet.Mark > Frames.Count)
            {
                continue;
            }

            if (_used + packet.Length > _left.Length)
            {
                Array.Resize(ref _left, Math.Max(_used + packet.Length, _left.Length * 2));
            }

            packet.Data.CopyTo(_left.AsSpan(_used));
            _fates[packet.Mark - 1] = new PacketFate { Left = true, Offset = _used, Length = packet.Length };
            _used += packet.Length;
        }
    }

    // FNV-1a's multiplication over words: it only has to differ where headers differ.
    private static ulong Hash(ReadOnlySpan<byte> packet)
    {
        const ulong Prime = 0x100000001B3;
        var hash = 0xCBF29CE484222325 ^ (ulong)packet.Length;
        var rest = packet[..Math.Min(packet.Length, HashedBytes)];
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
        {
            hash = (hash ^ BitConverter.ToUInt64(rest)) * Prime;
            hash ^= hash >> 29;
        }

        foreach (var value in rest)
        {
            hash = (hash ^ value) * Prime;
        }

        return hash | 1;
    }
}

/// <summary>What became of a packet in one pipeline.</summary>
internal struct PacketFate
{
    /// <summary>Whether it left.</summary>
    public bool Left { get; init; }

    /// <summary>The place of the stage that dropped it.</summary>
    public int Stage { get; init; }

    /// <summary>Why it was dropped; null when it left, or a stage kept it.</summary>
    public DropReason? Reason { get; init; }

    /// <summary>Where the packet lies among those that left.</summary>
    public int Offset { get; init; }

    /// <summary>The packet's length.</summary>
    public int Length { get; init; }
}
