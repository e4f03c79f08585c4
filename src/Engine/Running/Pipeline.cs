using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Planning;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;
using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Running;

/// <summary>
/// A pipeline that runs. In its life:
/// 1. <see cref="Start"/> constructs the stages from the network end upwards and starts the threads;
/// 2. <see cref="Reload"/> puts another chain in place, at a batch boundary;
/// 3. <see cref="RequestStop()"/>, a lost endpoint or a fault closes it gracefully: receive no more, let the service thread and the loops finish
/// what is under way, dispose the stages from the host end down, all within a bounded time.
/// Thread-safe.
/// </summary>
public sealed class Pipeline : IDisposable, IPipelineHost
{
    private readonly PipelineOptions _options;
    private readonly ILogger _logger;
    private readonly FaultGuard _faults;
    private readonly ServiceLoop _service;
    private readonly PacketPool _pool;
    private readonly StageBuilder _builder;
    private readonly MtuReplan _mtu;
    private readonly Action _replan;
    private readonly TaskCompletionSource<PipelineExit> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LiveChain _live;
    private readonly StageCloser _closer;
    private readonly PipelineReload _reload;
    private readonly Lock _reloadGate = new();
    private readonly long _startedAt;
    private PipelineStatus? _final;
    private StuckWatch? _watch;
    private int _stopping;

    private Pipeline(PipelinePlan plan, PipelineOptions options)
    {
        (_options, _live) = (options, new LiveChain(plan));
        _logger = options.LoggerFactory.CreateLogger("culvert");
        _startedAt = options.Time.GetTimestamp();
        _faults = new FaultGuard(options.Time, _ => _live.Rebuild(), reason => RequestStop(PipelineExit.Failed(reason)));
        _service = new ServiceLoop(_faults);
        _pool = new PacketPool(plan.LeaseRoom, options.PoolCapacity, options.Time);
        _pool.OnEmpty = new PoolAlarm(_pool, options.Time, _logger).Raise;
        _closer = new StageCloser(_pool, options.CloseLimit, options.Progress);
        _builder = new StageBuilder(options, this, _closer);
        _reload = new PipelineReload(new PacketRooms(plan.OutboundRoom, plan.InboundRoom, plan.LeaseRoom), _live, _builder, _service, _closer, options, _logger);
        _mtu = new MtuReplan((unit, error) => _faults.ServiceFault(unit.Nodes[0], error));
        _replan = Replan;
    }

    /// <summary>The plan that runs.</summary>
    public PipelinePlan Plan => _live.Plan;

    /// <summary>Completes when the pipeline is closed; says how it ended.</summary>
    public Task<PipelineExit> Completion => _completion.Task;

    TimeProvider IPipelineHost.Time => _options.Time;

    Random IPipelineHost.Random => _options.Random;

    PacketPool IPipelineHost.Pool => _pool;

    int IPipelineHost.Lanes => _options.Lanes;

    ServiceLoop IPipelineHost.Service => _service;

    IPacketEndpoint? IPipelineHost.NetworkEnd => _live.Units is [.., var end] ? end.Nodes[0].Stage as IPacketEndpoint : null;

    /// <summary>Opens everything and starts the threads.</summary>
    /// <param name="plan">A plan without errors.</param>
    /// <param name="options">The rest.</param>
    /// <exception cref="PipelineStartException">A stage could not start; nothing is left open.</exception>
    public static Pipeline Start(PipelinePlan plan, PipelineOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Lanes);
        var pipeline = new Pipeline(plan, options);
        pipeline.Open();
        return pipeline;
    }

    /// <summary>
    /// Returns the current status; once closed, the last one. From any thread; the data path is not
    /// held up.
    /// </summary>
    public PipelineStatus GetStatus()
    {
        return _final ?? GetStatus(_options.StatusLimit);
    }

    /// <summary>Lists the flows of all stages that match a filter; see <see cref="FlowListing"/>. From any thread.</summary>
    internal (IReadOnlyList<JsonObject> Flows, long More) ListFlows(PacketFilter filter) =>
        _final is null ? FlowListing.Of(_live.Units, filter, _options.StatusLimit) : ([], 0);

    /// <summary>Lets all stages report the secrets of new sessions; see <see cref="SecretSharing"/>.</summary>
    internal SecretSharing ShareSecrets(Action<byte[]> report) => new(_live.Units, report, _options.StatusLimit);

    private PipelineStatus GetStatus(TimeSpan limit)
    {
        var units = _live.Units;
        var derivations = _mtu.Derive(units);
        return new PipelineStatus
        {
            Uptime = _options.Time.GetElapsedTime(_startedAt),
            Lanes = _options.Lanes,
            Mtu = units.Length == 0 ? 0 : units[0].Mtu,
            LeasesInUse = _pool.InUse,
            LeaseCapacity = _pool.Capacity,
            Stages = [.. units.Select((unit, place) => StatusBuilder.Of(unit, limit) with { Derivation = derivations[place] })],
        };
    }

    /// <summary>
    /// Puts another plan in place. Stages whose id, kind and options are the same continue; what fails leaves the old chain running. What is taken out
    /// is disposed.
    /// </summary>
    /// <param name="plan">A plan without errors.</param>
    public ReloadResult Reload(PipelinePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        lock (_reloadGate)
        {
            return _reload.Run(plan, () => _service.PostTimer(_live.Units[0].Nodes[0], _replan));
        }
    }

    /// <summary>Begins to close the pipeline gracefully. Does not wait; a second call does nothing.</summary>
    public void RequestStop() => RequestStop(PipelineExit.Asked);

    /// <summary>
    /// Calls back on the service thread if no lane has spent too long on one batch. A blocked service thread never calls back. Does not wait, and
    /// does not wake a lane.
    /// </summary>
    /// <param name="batchLimit">The longest acceptable time of one batch.</param>
    /// <param name="responsive">Called at most once; must not block.</param>
    public void WhenResponsive(TimeSpan batchLimit, Action responsive)
    {
        ArgumentNullException.ThrowIfNull(responsive);
        _service.PostTimer(_live.Units[0].Nodes[0], () =>
        {
            if (!_live.Lanes.Any(lane => lane.Outbound.IsStuck(batchLimit) || lane.Inbound.IsStuck(batchLimit)))
            {
                responsive();
            }
        });
    }

    /// <summary>Closes the pipeline and waits until it is closed.</summary>
    public void Dispose()
    {
        RequestStop();
        _completion.Task.GetAwaiter().GetResult();
    }

    void IPipelineHost.Emit(StageNode emitter, Direction direction, PooledPacket packet) =>
        _live.Lanes[emitter.Lane].In(direction).Emit(emitter, packet);

    void IPipelineHost.ReportMtu(StageUnit end, int bytes)
    {
        _mtu.Note(end, bytes);
        _service.PostTimer(end.Nodes[0], _replan);
    }

    (int Outbound, int Inbound)? IPipelineHost.PathTo(StageNode above, in IpAddressValue address) => PathFollowers.PathTo(_live.Units, above, address);

    bool IPipelineHost.ReportPath(StageUnit end, in DatagramEndpoint destination, int bytes) =>
        PathFollowers.Report(_live.Units, end, destination, bytes);

    bool IPipelineHost.ReportPathFailure(StageUnit end, in DatagramEndpoint destination, string reason) =>
        PathFollowers.ReportFailure(_live.Units, end, destination, reason);

    bool IPipelineHost.LeadsToHost(in DatagramEndpoint destination, NetworkEndpointShape network) =>
        PathFollowers.LeadsToHost(_live.Units, destination, network);

    // A thread that is woken asks for its descriptors again.
    void IPipelineHost.ReportReplacedFile()
    {
        foreach (var thread in Threads)
        {
            thread.Wake(inTime: true);
        }
    }

    void IPipelineHost.Fault(StageNode node, Exception reason) =>
        RequestStop(PipelineExit.Failed($"{node.Unit.Id}: {ForeignCode.Message(reason)}"));

    /// <summary>Both directions of every lane; for observers, which may come and go while the pipeline runs.</summary>
    internal IEnumerable<LaneDirection> Directions => _live.Lanes.SelectMany(lane => new[] { lane.Outbound, lane.Inbound });

    private PipelineStatus AfterClose(PipelineStatus before) => before with
    {
        LeasesInUse = _pool.InUse,
        Stages = [.. _live.Units.Zip(before.Stages, (unit, stage) => StatusBuilder.Of(unit, TimeSpan.Zero) with { Details = stage.Details, Derivation = stage.Derivation })],
    };

    private IEnumerable<LaneThread> Threads => _live.Lanes.SelectMany(lane => lane.Threads);

    private void Open()
    {
        // A stage may ask for the end while others are still being constructed: closing waits until all is open.
        lock (_reloadGate)
        {
            _live.Units = _builder.Build(Plan, new StageUnit?[Plan.Stages.Count], []);
            foreach (var unit in _live.Units)
            {
                unit.Shadow = _builder.ShadowOf(unit, unit.Plan, Plan);
            }

            _live.Lanes = MakeLanes();
            foreach (var unit in _live.Units)
            {
                unit.Activate();
            }

            _options.BeforeTraffic?.Invoke(this);
            _service.Start();
            foreach (var thread in Threads)
            {
                thread.Start();
            }

            foreach (var unit in _live.Units)
            {
                unit.Shadow?.Start();
            }

            _watch = new StuckWatch(_options.Time, _options.WatchLimit, () => Directions, _service);
        }
    }

    private Lane[] MakeLanes()
    {
        try
        {
            return [.. Enumerable.Range(0, _options.Lanes).Select(MakeLane)];
        }
        catch (IOException error)
        {
            _closer.Close(_live.Units, []);
            _builder.CloseServices(_options.CloseLimit, ReportServiceFault);
            throw new PipelineStartException("lanes", error.Message, "allow this program more open files (ulimit -n), or set fewer lanes", error);
        }
    }

    private Lane MakeLane(int index)
    {
        var lane = new Lane(index, new Chain(_live.Units.Select(unit => unit.Nodes[index])), Plan, _options, _pool, _faults);
        foreach (var direction in Enum.GetValues<Direction>())
        {
            lane.In(direction).Observer = _options.Observer?.Invoke(direction);
        }

        return lane;
    }

    private void Replan()
    {
        if (_mtu.Apply(_live.Units) is { } plan)
        {
            RunningLog.MtuPlanned(_logger, plan.Inner, plan.Below[^1]);
        }
    }

    private void RequestStop(PipelineExit exit)
    {
        if (Interlocked.Exchange(ref _stopping, 1) == 0)
        {
            if (exit.Reason is { } reason)
            {
                RunningLog.Closing(_logger, reason);
            }

            // A thread of its own: a loop that asks for the end cannot wait for its own.
            new Thread(() => Close(exit)) { Name = "culvert close", IsBackground = true }.Start();
        }
    }

    private void Close(PipelineExit exit)
    {
        // A reload that waits for a stage's constructor must not keep the pipeline from closing; it finds the chain frozen.
        var entered = _reloadGate.TryEnter(_options.CloseLimit / 4);
        try
        {
            _watch?.Dispose();
            _live.Freeze();
            var closing = new PipelineClosing(_live, _service, _closer, _options.CloseLimit, _logger);
            _final = closing.Run(() => GetStatus(_options.StatusLimit / 2));
            foreach (var unit in _live.Units)
            {
                unit.Shadow?.End(_options.CloseLimit / 4);
            }

            if (closing.IsComplete)
            {
                _builder.CloseServices(_options.CloseLimit / 4, ReportServiceFault);
            }

            _final = AfterClose(_final);
        }
        finally
        {
            if (entered)
            {
                _reloadGate.Exit();
            }

            _completion.SetResult(exit);
        }
    }

    private void ReportServiceFault(Exception error) => RunningLog.DisposeFailed(_logger, ForeignCode.Message(error), ForeignCode.Loggable(error));
}
