using System.Runtime.ExceptionServices;
using Culvert.Tools.Captures;
using Culvert.Engine.Inspection;
using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Packets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tools.Replay;

/// <summary>
/// Runs a capture through the stages of a pipeline that take IP packets, and writes what comes out with its times and link headers kept.
/// The flow: 1. read a record; 2. find the IP packet in it, or copy the frame as it is; 3. collect a batch; 4. set the clock to its time
/// and run it; 5. write what reached the other end. Deterministic, in constant memory, on the caller's thread.
/// </summary>
internal sealed class Replayer : IDisposable
{
    private readonly PipelinePlan _plan;
    private readonly Direction _direction;
    private readonly StageTallies _tallies = new();
    private readonly FrameStore _frames;
    private readonly FrameWriter _writer;
    private SteppedPipeline? _pipeline;
    private InspectionLedger? _ledger;
    private ExceptionDispatchInfo? _writeError;

    /// <summary>Prepares a replay.</summary>
    /// <param name="plan">The file's plan.</param>
    /// <param name="direction">Which way the packets go.</param>
    /// <param name="output">Where what comes out is written; null for nowhere. The caller disposes it.</param>
    public Replayer(PipelinePlan plan, Direction direction, CaptureWriter? output)
    {
        ArgumentNullException.ThrowIfNull(plan);
        (_plan, _direction) = (plan, direction);
        _frames = new FrameStore(plan.LeaseRoom);
        _writer = new FrameWriter(output, _frames);
    }

    /// <summary>The sums so far.</summary>
    public ReplayReport Report => new()
    {
        Direction = _direction,
        Read = _frames.Read,
        NotIp = _frames.NotIp,
        Cut = _frames.Cut,
        OverMtu = _frames.OverMtu,
        Findings = _frames.Findings,
        Mtu = _plan.Mtu.Inner,
        Written = _writer.Written,
        SentBack = _writer.SentBack,
        Failure = _pipeline?.Failure,
        Inspection = _ledger?.GetReport(),
        Stages = [.. (_pipeline?.Units ?? []).Where(unit => !unit.IsEnd).Select(unit => _tallies.Of(unit, _direction))],
    };

    /// <summary>Replays a capture to its end.</summary>
    /// <param name="capture">The capture.</param>
    /// <param name="progress">Told the bytes read so far, once a batch; null for nobody.</param>
    /// <param name="cancellation">Ends the replay between two batches.</param>
    /// <exception cref="PipelineStartException">A stage could not start.</exception>
    /// <exception cref="CaptureException">The capture is cut or corrupt; what was good before it is replayed and written.</exception>
    public void Run(CaptureReader capture, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(capture);
        try
        {
            while (!cancellation.IsCancellationRequested && _pipeline?.Failure is null && capture.TryRead(out var record))
            {
                // The stages begin at the capture's time: from an earlier one, every timer would fire on the way to it.
                _pipeline ??= Start(record.Timestamp);
                Add(record);
                if (_frames.IsFull)
                {
                    RunBatch();
                    progress?.Invoke(capture.Position);
                }
            }
        }
        catch (CaptureException)
        {
            _pipeline ??= Start(0);
            throw;
        }
        finally
        {
            RunBatch();
            progress?.Invoke(capture.Position);
        }

        _pipeline ??= Start(0);
    }

    /// <summary>Disposes the stages.</summary>
    public void Dispose() => _pipeline?.Dispose();

    private SteppedPipeline Start(long time)
    {
        var clock = new ManualClock(time);
        _ledger = new InspectionLedger(every: 1, clock, NullLogger.Instance);
        _tallies.Inspector = new Inspector(_ledger, _direction);
        return new SteppedPipeline(IpStages.Cut(_plan), new SteppedOptions
        {
            Shadows = true,
            Clock = clock,
            HostSink = batch => Reach(Direction.Inbound, batch),
            NetworkSink = batch => Reach(Direction.Outbound, batch),
            Observer = _tallies,
            OnDrop = _tallies.NoteDrop,
            BatchSize = FrameStore.Capacity,
        });
    }

    private void Add(in CaptureRecord record)
    {
        if (!LinkLayer.TryFindIp(record.LinkType, record.Data, out var offset))
        {
            // In its place among the others.
            RunBatch();
            _frames.NoteOther(record.LinkType);
            _writer.Copy(record);
            return;
        }

        if (!_frames.Fits(record.Data.Length - offset) || IsAnotherMoment(record.Timestamp))
        {
            RunBatch();
        }

        _frames.Add(record, offset, _plan.Mtu.Inner);
    }

    // A batch is one moment to the stages: it ends where a timer comes first, and before it spans a time that a stage would notice.
    private bool IsAnotherMoment(long timestamp)
    {
        const long Moment = 100_000_000;
        return _frames.Count > 0 && (timestamp - _frames.FirstTimestamp > Moment || _pipeline!.NextDue <= timestamp);
    }

    private void RunBatch()
    {
        if (_frames.Count == 0 || _pipeline is null)
        {
            return;
        }

        _pipeline.AdvanceTo(_frames.FirstTimestamp);
        _frames.Fill(_pipeline.Open(_direction));
        _pipeline.Run(_direction);
        _frames.Clear();
        _writeError?.Throw();
    }

    private void Reach(Direction direction, PacketBatch batch)
    {
        if (direction != _direction)
        {
            _writer.NoteSentBack(batch.Count);
            return;
        }

        try
        {
            _writer.Write(batch, _frames.FirstTimestamp);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            // Thrown on through the walk it would count as a fault of the end.
            _writeError ??= ExceptionDispatchInfo.Capture(error);
        }
    }
}
