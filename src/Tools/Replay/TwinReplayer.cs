using System.Net;
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
    private const int MaxRounds = 10_000;

    private static readonly DatagramEndpoint AddressOfA = DatagramEndpoint.From(IPEndPoint.Parse("192.0.2.1:51820"));
    private static readonly DatagramEndpoint AddressOfB = DatagramEndpoint.From(IPEndPoint.Parse("192.0.2.2:51820"));

    private readonly PipelinePlan _plan;
    private readonly TwinConditions _conditions;
    private readonly FrameRing _frames = new();
    private readonly FrameWriter _writer;
    private readonly TwinLink _there;
    private readonly TwinLink _back;
    private Site? _a;
    private Site? _b;
    private ManualClock? _clock;
    private byte[] _slot = [];
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
        var largest = plan.Mtu.Below[^1] - plan.Stages[^1].Shape.Overhead;
        _there = new TwinLink(conditions, conditions.Seed, largest);
        _back = new TwinLink(conditions, ~conditions.Seed, largest);
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
        Failure = Failure,
        SiteA = _a?.Tally(Direction.Outbound) ?? [],
        SiteB = _b?.Tally(Direction.Inbound) ?? [],
        There = _there.Tally,
        Back = _back.Tally,
    };

    private string? Failure => _a?.Pipeline.Failure ?? _b?.Pipeline.Failure;

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
            while (!cancellation.IsCancellationRequested && Failure is null && capture.TryRead(out var record))
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
    public void Dispose()
    {
        _a?.Pipeline.Dispose();
        _b?.Pipeline.Dispose();
    }

    private void Start(long time)
    {
        if (_clock is not null)
        {
            return;
        }

        _clock = new ManualClock(time);
        _a = new Site(
            TwinSitePlan.Of(_plan, isB: false), _clock, new Random(_conditions.Seed),
            toHost: batch => _writer.NoteSentBack(batch.Count), toNetwork: _there.Send);
        _b = new Site(TwinSitePlan.Of(_plan, isB: true), _clock, new Random(~_conditions.Seed), toHost: Arrive, toNetwork: _back.Send);
        Settle();
    }

    private void Enter(in CaptureRecord record)
    {
        _input.Read++;
        _input.Cut += record.IsCut ? 1 : 0;
        if (!LinkLayer.TryFindIp(record.LinkType, record.Data, out var offset))
        {
            _input.NotIp++;
            return;
        }

        var packet = record.Data[offset..];
        _findings.Note(packet);
        _input.OverMtu += packet.Length > _plan.Mtu.Inner ? 1 : 0;
        AdvanceTo(record.Timestamp);
        Put(_a!.Pipeline.Open(Direction.Outbound), packet).Mark = _frames.Add(record, offset);
        _a.Pipeline.Run(Direction.Outbound);
        Settle();
    }

    /// <summary>Puts a packet of any length into a batch, with the planned room around it.</summary>
    private Packet Put(PacketBatch batch, ReadOnlySpan<byte> bytes)
    {
        var room = _plan.LeaseRoom;
        var needed = room.Headroom + bytes.Length + room.Tailroom;
        if (_slot.Length < needed)
        {
            _slot = GC.AllocateUninitializedArray<byte>(needed, pinned: true);
        }

        bytes.CopyTo(_slot.AsSpan(room.Headroom));
        return batch.AddForeign(_slot, 0, room.Headroom, bytes.Length, needed);
    }

    private void Arrive(PacketBatch batch)
    {
        try
        {
            _writer.Write(batch, _clock!.Now);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            // Thrown on through the walk it would count as a fault of the end.
            _writeError ??= ExceptionDispatchInfo.Capture(error);
        }
    }

    private void AdvanceTo(long time)
    {
        for (var fired = 0; fired < ManualClock.MaxFirings && _clock!.NextDue is { } due && due <= time; fired++)
        {
            _clock.SetTo(due);
            Settle();
        }

        _clock!.SetTo(time);
        Settle();
    }

    /// <summary>Runs both sites and the link until nothing is left to do.</summary>
    private void Settle()
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            _a!.Pipeline.Settle();
            _b!.Pipeline.Settle();
            if (!Deliver(_there, _b.Pipeline, AddressOfA) & !Deliver(_back, _a.Pipeline, AddressOfB))
            {
                break;
            }
        }

        _writeError?.Throw();
    }

    private bool Deliver(TwinLink link, SteppedPipeline to, DatagramEndpoint from)
    {
        if (!link.TryReceive(out var datagram))
        {
            return false;
        }

        var packet = Put(to.Open(Direction.Inbound), datagram.Bytes);
        packet.Mark = datagram.Mark;
        packet.Endpoint = from;
        to.Run(Direction.Inbound);
        return true;
    }

    private void Finish()
    {
        if (_clock is null || _b is null)
        {
            return;
        }

        AdvanceTo(_clock.Now + Linger);
        _there.Flush();
        _back.Flush();
        Settle();
    }

    /// <summary>One site: its stages and what they did.</summary>
    private sealed class Site
    {
        private readonly StageTallies _tallies = new();

        public Site(
            PipelinePlan plan, ManualClock clock, Random random, Action<PacketBatch> toHost, Action<PacketBatch> toNetwork) =>
            Pipeline = new SteppedPipeline(plan, new SteppedOptions
            {
                Clock = clock,
                HostSink = toHost,
                NetworkSink = toNetwork,
                Observer = _tallies,
                OnDrop = _tallies.NoteDrop,
                Random = random,
                BatchSize = 16,
            });

        public SteppedPipeline Pipeline { get; }

        public IReadOnlyList<StageTally> Tally(Direction direction) =>
            [.. Pipeline.Units.Where(unit => !unit.IsEnd).Select(unit => _tallies.Of(unit, direction))];
    }
}
