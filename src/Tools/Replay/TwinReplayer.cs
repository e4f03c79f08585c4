using System.Runtime.ExceptionServices;
using Culvert.Tools.Captures;
using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Packets;

namespace Culvert.Tools.Replay;

/// <summary>
/// Runs a capture through both sites of a tunnel in one process, on one clock: each packet 1. goes outbound through site A's whole
/// chain; 2. crosses the link; 3. goes inbound through site B's; 4. is written. Whatever the stages say to each other (a handshake)
/// crosses the same link, both ways. The same file, capture and seed give the same bytes. Constant memory, the caller's thread.
/// </summary>
internal sealed class TwinReplayer : IDisposable
{
    // What is still under way at the end of the capture (a handshake that was lost and is repeated) gets this much more time.
    private const long Linger = 15 * 1_000_000_000L;
    private readonly PipelinePlan _plan;
    private readonly TwinConditions _conditions;
    private readonly FrameRing _frames = new();
    private readonly FrameWriter _writer;
    private TwinSites? _sites;
    private ExceptionDispatchInfo? _writeError;
    private readonly CaptureFindings _findings = new();
    private (long Read, long NotIp, long Cut, long OverMtu) _input;

    /// <summary>Prepares a twin replay.</summary>
    /// <param name="plan">The file's plan.</param>
    /// <param name="conditions">What the link does to datagrams.</param>
    /// <param name="output">Where what leaves site B is written; null for nowhere. The caller disposes it.</param>
    public TwinReplayer(PipelinePlan plan, TwinConditions conditions, CaptureWriter? output)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(conditions);
        (_plan, _conditions) = (plan, conditions);
        _writer = new FrameWriter(output, _frames);
    }

    /// <summary>The sums so far.</summary>
    public TwinReport Report => new()
    {
        Read = _input.Read,
        NotIp = _input.NotIp,
        Cut = _input.Cut,
        OverMtu = _input.OverMtu,
        Findings = _findings,
        Mtu = _plan.Mtu.Inner,
        Written = _writer.Written,
        SentBack = _writer.SentBack,
        Failure = _sites?.Failure,
        SiteA = _sites?.TallyA(Direction.Outbound) ?? [],
        SiteB = _sites?.TallyB(Direction.Inbound) ?? [],
        There = _sites?.There ?? new(0, 0, 0, 0, 0),
        Back = _sites?.Back ?? new(0, 0, 0, 0, 0),
    };

    /// <summary>Replays a capture to its end, and what is under way then.</summary>
    /// <param name="capture">The capture.</param>
    /// <param name="progress">Told the bytes read so far; null for nobody.</param>
    /// <param name="cancellation">Ends the replay between two packets.</param>
    /// <exception cref="PipelineStartException">A stage could not start.</exception>
    /// <exception cref="CaptureException">The capture is cut or corrupt; what was good before it is replayed and written.</exception>
    public void Run(CaptureReader capture, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(capture);
        try
        {
            while (!cancellation.IsCancellationRequested && _sites?.Failure is null && capture.TryRead(out var record))
            {
                Start(record.Timestamp);
                Enter(record);
                progress?.Invoke(capture.Position);
            }
        }
        finally
        {
            Finish();
        }

        Start(0);
    }

    /// <summary>Disposes the stages of both sites.</summary>
    public void Dispose() => _sites?.Dispose();

    private TwinSites Start(long time) =>
        _sites ??= new TwinSites(_plan, _conditions, time, toHostA: batch => _writer.NoteSentBack(batch.Count), toHostB: Arrive);

    private void Enter(in CaptureRecord record)
    {
        _input.Read++;
        _input.Cut += record.IsCut ? 1 : 0;
        if (!LinkLayer.TryFindIp(record.LinkType, record.Data, out var offset))
        {
            _input.NotIp++;
            _findings.NoteOther(record.LinkType);
            return;
        }

        var packet = record.Data[offset..];
        _findings.Note(packet);
        _input.OverMtu += packet.Length > _plan.Mtu.Inner ? 1 : 0;
        var sites = Start(record.Timestamp);
        sites.AdvanceTo(record.Timestamp);
        sites.Enter(packet, _frames.Add(record, offset));
        _writeError?.Throw();
    }

    private void Arrive(PacketBatch batch)
    {
        try
        {
            _writer.Write(batch, _sites?.Now ?? 0);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            // Thrown on through the walk it would count as a fault of the end.
            _writeError ??= ExceptionDispatchInfo.Capture(error);
        }
    }

    private void Finish()
    {
        if (_sites is null)
        {
            return;
        }

        _sites.AdvanceTo(_sites.Now + Linger);
        _sites.Flush();
        _writeError?.Throw();
    }
}
