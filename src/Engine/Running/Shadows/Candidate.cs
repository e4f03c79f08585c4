using System.Diagnostics.CodeAnalysis;
using Culvert.Engine.Guarding;
using Culvert.Engine.Planning;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Running.Shadows;

/// <summary>
/// The candidate's instances, and the walk of one batch of copies through one of them: 1. fill a batch as the live stage got it; 2. run the candidate;
/// 3. compare packet by packet. For one thread.
/// </summary>
internal sealed class Candidate : IDisposable
{
    private readonly StageUnit _live;
    private readonly StageUnit _unit;
    private readonly StageBuilder _builder;
    private readonly StageCloser _closer;
    private readonly ShadowTally _tally;
    private readonly Action<Exception> _report;
    private readonly TimeSpan _closeLimit;
    private readonly PacketBatch[] _batches;
    private readonly Departures _departures;

    /// <summary>Constructs an instance for each lane.</summary>
    /// <param name="live">The live stage.</param>
    /// <param name="place">Its place in the plan; the entry has a shadow.</param>
    /// <param name="plan">The pipeline's plan.</param>
    /// <param name="options">The pipeline's settings.</param>
    /// <param name="host">What the candidate sees of the pipeline.</param>
    /// <param name="tally">Where results are compared.</param>
    /// <param name="report">Gets what the candidate throws.</param>
    /// <exception cref="PipelineStartException">It cannot start; nothing is left open.</exception>
    public Candidate(
        StageUnit live, PlannedStage place, PipelinePlan plan, PipelineOptions options, CandidateHost host, ShadowTally tally, Action<Exception> report)
    {
        (_live, _tally, _report, _closeLimit) = (live, tally, report, options.CloseLimit);
        var own = options with { HostEnd = null, NetworkEnd = null, LoggerFactory = new CandidateLoggers(options.LoggerFactory) };
        _closer = new StageCloser(host.Pool, options.CloseLimit);
        _builder = new StageBuilder(own, host, _closer);
        var stage = place with { Entry = place.Entry.Shadow!.Candidate, Shape = place.CandidateShape! };
        _unit = _builder.Build(plan with { Stages = [stage] }, [null], [])[0];
        _departures = new Departures(options.BatchSize);
        _batches = [.. Enum.GetValues<Direction>().Select(direction => new PacketBatch(options.BatchSize, host.Pool.Room, host.Pool, direction)
        {
            Holder = _unit.Holder,
            Departures = _departures,
        })];
        _unit.Activate();
    }

    /// <summary>The room around a copy: that of the pipeline, and what the candidate adds beyond it.</summary>
    /// <param name="plan">The pipeline's plan.</param>
    /// <param name="shape">The candidate's shape.</param>
    public static PacketRoom RoomOf(PipelinePlan plan, StageShape shape) => new(
        plan.LeaseRoom.Headroom + shape.Headroom + shape.InboundHeadroom,
        plan.LeaseRoom.Total,
        plan.LeaseRoom.Tailroom + shape.Tailroom + shape.InboundTailroom);

    /// <summary>Runs the packets of one batch, the first that waits, and gives their places back.</summary>
    /// <returns>How many there were.</returns>
    public int Run(ShadowRing ring, int lane, Direction direction)
    {
        FollowMtu();
        var batch = _batches[(int)direction];
        batch.Clear();
        var count = Fill(batch, ring);
        _departures.Clear(count);
        var threw = !TryProcess(_unit.Nodes[lane].Stage, batch);
        for (var i = 0; i < count; i++)
        {
            Compare(ring, i, batch, threw);
        }

        batch.Clear();
        ring.Release(count);
        return count;
    }

    /// <summary>Disposes the instances and their services.</summary>
    public void Dispose()
    {
        _unit.Quiet();
        if (_closer.Close([_unit], []))
        {
            _builder.CloseServices(_closeLimit, _report);
        }
    }

    private static int Fill(PacketBatch batch, ShadowRing ring)
    {
        var number = ring.ToRead(0).Batch;
        batch.Timestamp = ring.ToRead(0).Timestamp;
        var waiting = Math.Min(ring.Count, batch.Capacity);
        var count = 0;
        for (; count < waiting && ring.ToRead(count).Batch == number; count++)
        {
            var came = ring.Came(count);
            var packet = batch.Add(came.Length);
            came.CopyTo(packet.Data);
            ring.ToRead(count).Before.WriteTo(packet);
        }

        return count;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever the candidate throws is contained here.")]
    private bool TryProcess(IPacketStage stage, PacketBatch batch)
    {
        try
        {
            StageCalls.Process(stage, batch.Direction, batch);
            return true;
        }
        catch (Exception error)
        {
            _report(error);
            return false;
        }
    }

    private void Compare(ShadowRing ring, int place, PacketBatch batch, bool threw)
    {
        ref readonly var record = ref ring.ToRead(place);
        ref readonly var slot = ref batch.Slots[place];
        var live = new ShadowTally.Result(new Outcome(record.Fate, record.Reason), record.After, ring.Left(place));
        var own = new ShadowTally.Result(Outcome.Of(_departures[place], threw), PacketLabels.Of(slot), slot.Data);
        _tally.Compare(ring.Came(place), live, own, batch.Direction);
    }

    private void FollowMtu()
    {
        if (_unit.SetMtu(_live.Mtu))
        {
            _unit.RaiseMtuChanged((_, error) => _report(error));
        }
    }
}
