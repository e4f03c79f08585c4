using System.Diagnostics.CodeAnalysis;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;
using Culvert.Engine.Planning;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Running.Shadows;

/// <summary>
/// The life of one entry's candidate. It is constructed, runs and is disposed on a thread of its own, so that nothing it does holds a lane or the
/// service thread up. It is switched off for good when it cannot start, throws too often or does not return; it pauses when its share of a
/// processor is used up. In a replay there is no thread: it runs behind the live stage on the caller's, so that the same packets give the same
/// result. Thread-safe where nothing else is said.
/// </summary>
internal sealed class Shadow : IFeedReader, IFaultSink
{
    private const int MaxFaults = 10;
    private const int MaxLeases = 256;
    private const int CallbacksPerRound = 64;

    private readonly StageUnit _live;
    private readonly PlannedStage _stage;
    private readonly PipelinePlan _plan;
    private readonly PipelineOptions _options;
    private readonly ShadowEntry _entry;
    private readonly bool _isInline;
    private readonly CandidateHost _host;
    private readonly ShadowTally _tally;
    private readonly ShadowBudget _budget;
    private readonly ShadowFeed[] _feeds;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(false);
    private ITimer? _watch;
    private Candidate? _candidate;
    private NamedFiles? _files;
    private string? _offReason;
    private long _faults;
    private long _batches;
    private long _packets;
    private int _asleep;
    private volatile bool _ending;

    /// <param name="live">The live stage.</param>
    /// <param name="stage">Its place in the plan; the entry has a shadow.</param>
    /// <param name="host">The pipeline.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="options">The pipeline's settings.</param>
    /// <param name="isInline">Whether the candidate runs on the caller's thread.</param>
    public Shadow(StageUnit live, PlannedStage stage, IPipelineHost host, PipelinePlan plan, PipelineOptions options, bool isInline = false)
    {
        (_live, _stage, _plan, _options, _isInline) = (live, stage, plan, options, isInline);
        _entry = stage.Entry.Shadow!;
        var room = Candidate.RoomOf(plan, stage.CandidateShape!);
        var service = new ServiceLoop(this) { Queued = isInline ? null : Wake };
        // In a replay the numbers repeat, and the live stage's are not used up.
        _host = new CandidateHost(live, host, new PacketPool(room, MaxLeases, options.Time), service, SwitchOff, isInline ? new Random(0) : Random.Shared);
        _tally = new ShadowTally(stage.Shape.Above, options.Time) { OnNewKind = isInline ? null : Log };
        _budget = new ShadowBudget(options.Time, isInline ? null : _entry.Budget);
        var sample = new FlowSample(_entry.Sample, stage.Shape.Above == PacketKind.Ip);
        _feeds = [.. Enumerable.Range(0, host.Lanes * 2).Select(_ => new ShadowFeed(this, sample, plan.LeaseRoom.Total))];
        _thread = new Thread(Run) { Name = "culvert shadow", IsBackground = true, Priority = ThreadPriority.BelowNormal };
        if (isInline)
        {
            Construct();
        }
    }

    /// <inheritdoc/>
    public bool IsOn => Volatile.Read(ref _offReason) is null;

    /// <summary>The difference of the packet that was compared last; null for none. In a replay.</summary>
    public ShadowDifference? Latest => _tally.Latest;

    /// <summary>Where one direction of a lane puts copies.</summary>
    public ShadowFeed FeedOf(int lane, Direction direction) => _feeds[(lane * 2) + (int)direction];

    /// <inheritdoc/>
    public bool HasTime(long timestamp) => _budget.HasTime(timestamp);

    /// <inheritdoc/>
    public long NextBatch() => Interlocked.Increment(ref _batches);

    /// <summary>Starts the candidate's thread.</summary>
    public void Start()
    {
        var limit = _options.ShadowLimit;
        _watch = _options.Time.CreateTimer(_ => Watch(), null, limit / 2, limit / 2);
        _thread.Start();
    }

    /// <inheritdoc/>
    public void NotePublished()
    {
        if (_isInline)
        {
            RunPending();
        }
        else
        {
            Wake();
        }
    }

    /// <summary>Runs what waits, on the caller's thread: the candidate's own, or a replay's.</summary>
    public void RunPending()
    {
        while (IsOn && !_ending && _candidate is { } candidate && (RunBatch(candidate) | RunService()))
        {
        }
    }

    /// <summary>Whether the candidate of a wanted entry is this one, unchanged.</summary>
    /// <param name="wanted">The entry.</param>
    public bool IsFor(ShadowEntry wanted)
    {
        try
        {
            return IsOn && Volatile.Read(ref _files) is { } files
                && (wanted.Sample, wanted.Budget, wanted.Plugin, wanted.Candidate.Type.StageClass) == (_entry.Sample, _entry.Budget, _entry.Plugin, _entry.Candidate.Type.StageClass)
                && PluginGuard.Within(_options.CloseLimit, () =>
                    OptionsComparison.Same(wanted.Candidate.Options, _entry.Candidate.Options) && NamedFiles.Of(wanted.Candidate.Options).SameAs(files));
        }
        catch (PluginException)
        {
            // Its own comparison failed: another one is tried, and says so if it fails too.
            return false;
        }
    }

    /// <summary>Ends the candidate: it gets no more packets, and is disposed on its own thread.</summary>
    /// <param name="limit">How long to wait for that.</param>
    public void End(TimeSpan limit)
    {
        _ending = true;
        Interlocked.CompareExchange(ref _offReason, "it was removed", null);
        _watch?.Dispose();
        Wake();
        if (_isInline)
        {
            Close();
        }
        else if ((_thread.ThreadState & System.Threading.ThreadState.Unstarted) == 0)
        {
            _thread.Join(limit);
        }
    }

    /// <summary>The numbers now. From any thread.</summary>
    public ShadowStatus GetStatus() => new()
    {
        Stage = _entry.Candidate.Type.Name,
        Plugin = _entry.Plugin,
        Sample = _entry.Sample,
        OffReason = _ending ? null : Volatile.Read(ref _offReason),
        Compared = _tally.Compared,
        Different = _tally.Different,
        SkippedBehind = _feeds.Sum(feed => feed.NoRoom),
        SkippedOverBudget = _feeds.Sum(feed => feed.OverBudget),
        SkippedTooLong = _feeds.Sum(feed => feed.TooLong),
        Faults = Interlocked.Read(ref _faults),
        Emitted = _host.Emitted,
        NanosecondsPerPacket = Volatile.Read(ref _packets) is var packets and not 0 ? _budget.Total.TotalNanoseconds / packets : null,
        Differences = _tally.Differences,
    };

    public void BatchFault(StageNode node, Direction direction, int packets, Exception error) => Report(error);

    public void ServiceFault(StageNode node, Exception error) => Report(error);

    private void Run()
    {
        Construct();
        while (IsOn && !_ending)
        {
            RunPending();
            Sleep();
        }

        Close();
    }

    [SuppressMessage("Design", "CA1031", Justification = "A candidate that cannot start must not keep the pipeline from running.")]
    private void Construct()
    {
        try
        {
            _files = PluginGuard.Within(_options.StartLimit, () => NamedFiles.Of(_entry.Candidate.Options));
            _candidate = new Candidate(_live, _stage, _plan, _options, _host, _tally, Report);
        }
        catch (Exception error)
        {
            SwitchOff($"it cannot start: {ForeignCode.Message(error)}");
        }
    }

    private void Close()
    {
        Interlocked.Exchange(ref _candidate, null)?.Dispose();
        _watch?.Dispose();
    }

    // The oldest batch of a lane goes first, whichever direction it has: that is how the live stage saw them.
    private bool RunBatch(Candidate candidate)
    {
        var ran = false;
        for (var lane = 0; lane < _host.Lanes; lane++)
        {
            var (outbound, inbound) = (FeedOf(lane, Direction.Outbound).Ring, FeedOf(lane, Direction.Inbound).Ring);
            if (outbound.Count == 0 && inbound.Count == 0)
            {
                continue;
            }

            var isOutbound = inbound.Count == 0 || (outbound.Count != 0 && outbound.ToRead(0).Batch < inbound.ToRead(0).Batch);
            _budget.Begin();
            var packets = candidate.Run(isOutbound ? outbound : inbound, lane, isOutbound ? Direction.Outbound : Direction.Inbound);
            _budget.End();
            Volatile.Write(ref _packets, _packets + packets);
            ran = true;
        }

        return ran;
    }

    private bool RunService()
    {
        _budget.Begin();
        var ran = _host.Service.RunPending(CallbacksPerRound) != 0;
        _budget.End();
        return ran;
    }

    private bool HasWork => Array.Exists(_feeds, feed => feed.Ring.Count != 0);

    private void Sleep()
    {
        Interlocked.Exchange(ref _asleep, 1);
        if (!HasWork && !_ending && IsOn)
        {
            _wake.WaitOne();
        }

        Volatile.Write(ref _asleep, 0);
        if (!_ending)
        {
            // More packets gather meanwhile: a wake-up for every batch would cost the lane.
            Thread.Sleep(1);
        }
    }

    private void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _asleep) != 0 && Interlocked.Exchange(ref _asleep, 0) != 0)
        {
            _wake.Set();
        }
    }

    private void Report(Exception error)
    {
        if (Interlocked.Increment(ref _faults) is 1 or MaxFaults)
        {
            RunningLog.ShadowThrew(_live.Logger, _entry.Candidate.Type.Name, Interlocked.Read(ref _faults), ForeignCode.Message(error), ForeignCode.Loggable(error));
        }

        if (Interlocked.Read(ref _faults) >= MaxFaults)
        {
            SwitchOff($"it threw {MaxFaults} times, the last time {ForeignCode.Describe(error)}");
        }
    }

    private void Watch()
    {
        if (_budget.IsStuck(_options.ShadowLimit))
        {
            SwitchOff(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"it did not return within {_options.ShadowLimit.TotalSeconds:0.#} seconds"));
        }
    }

    private void SwitchOff(string reason)
    {
        if (Interlocked.CompareExchange(ref _offReason, reason, null) is null)
        {
            RunningLog.ShadowOff(_live.Logger, _entry.Candidate.Type.Name, reason);
            Wake();
        }
    }

    private void Log(ShadowDifference difference) => RunningLog.ShadowDiffers(
        _live.Logger, _entry.Candidate.Type.Name, difference.Kind, difference.Packet, difference.Changes.Length == 0 ? "" : $": {difference.Changes}");
}
