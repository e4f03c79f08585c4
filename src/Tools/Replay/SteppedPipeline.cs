using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Engine.Running.Shadows;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Tools.Replay;

/// <summary>
/// A pipeline that runs on the caller's thread, one step at a time, on a clock that stands still: the same stages, chain and walk as
/// <see cref="Pipeline"/>, with memory in place of both ends. The same packets at the same times give the same result. A step is:
/// 1. the walk of the batch; 2. what the stages have posted; 3. what they have emitted; 2 and 3 again until nothing is left.
/// </summary>
internal sealed class SteppedPipeline : IPipelineHost, IFaultSink, IDisposable
{
    // A stage that answers its own emission for ever ends here.
    private const int MaxRounds = 10_000;
    private const int CallbacksPerRound = 64;

    private readonly SteppedOptions _options;
    private readonly FaultGuard _faults;
    private readonly StageBuilder _builder;
    private readonly StageCloser _closer;
    private readonly TimeSpan _closeLimit;
    private readonly MtuReplan _mtu;
    private readonly Way _outbound;
    private readonly Way _inbound;
    private Chain _chain;

    /// <summary>Constructs the stages.</summary>
    /// <param name="plan">The plan; its ends are replaced.</param>
    /// <param name="options">The rest.</param>
    /// <exception cref="PipelineStartException">A stage could not start; nothing is left open.</exception>
    public SteppedPipeline(PipelinePlan plan, SteppedOptions options)
    {
        _options = options;
        var pipelineOptions = new PipelineOptions
        {
            Time = options.Clock,
            LoggerFactory = options.LoggerFactory,
            HostEnd = _ => new MemoryEnd(options.HostSink),
            NetworkEnd = _ => new MemoryEnd(options.NetworkSink),
        };
        _faults = new FaultGuard(options.Clock, _ => _chain = new Chain(_chain!.Nodes), reason => Failure ??= reason);
        Service = new ServiceLoop(this);
        Pool = new PacketPool(plan.LeaseRoom, pipelineOptions.PoolCapacity, options.Clock);
        _closeLimit = pipelineOptions.CloseLimit;
        _closer = new StageCloser(Pool, _closeLimit);
        _builder = new StageBuilder(pipelineOptions, this, _closer);
        _mtu = new MtuReplan((unit, error) => ServiceFault(unit.Nodes[0], error));
        Units = _builder.Build(plan, new StageUnit?[plan.Stages.Count], []);
        foreach (var unit in Units.Where(unit => options.Shadows && unit.Plan.Entry.Shadow is not null))
        {
            unit.Shadow = new Shadow(unit, unit.Plan, this, plan, pipelineOptions, isInline: true);
        }

        _chain = new Chain(Units.Select(unit => unit.Nodes[0]));
        _outbound = new Way(this, Direction.Outbound, plan.OutboundRoom);
        _inbound = new Way(this, Direction.Inbound, plan.InboundRoom);
        foreach (var unit in Units)
        {
            unit.Activate();
        }

        Settle();
    }

    /// <summary>The stages from the host end to the network end.</summary>
    public IReadOnlyList<StageUnit> Units { get; }

    /// <summary>Why the pipeline would have ended; null while all is well.</summary>
    public string? Failure { get; private set; }

    /// <summary>The exception of a stage in the last step; null without one.</summary>
    public Exception? LastFault { get; private set; }

    /// <summary>Called for each packet that a stage emits, before it enters the chain.</summary>
    public Action<StageNode, Direction, PooledPacket>? OnEmit { get; set; }

    /// <summary>When the next timer of a stage fires; null when none is set.</summary>
    public long? NextDue => _options.Clock.NextDue;

    public TimeProvider Time => _options.Clock;

    public Random Random => _options.Random;

    public PacketPool Pool { get; }

    public int Lanes => 1;

    public bool IsOffline => true;

    public ServiceLoop Service { get; }

    public IPacketEndpoint? NetworkEnd => null;

    /// <summary>The empty batch of a direction, to be filled and then run.</summary>
    public PacketBatch Open(Direction direction)
    {
        var batch = WayOf(direction).Batch;
        batch.Clear();
        return batch;
    }

    /// <summary>Runs the batch that was filled through the stages, and all that follows from it.</summary>
    public void Run(Direction direction)
    {
        LastFault = null;
        WayOf(direction).Walk(_chain);
        Settle();
    }

    /// <summary>Turns the clock on, timer by timer, so that each sees the time it was set for.</summary>
    /// <param name="time">Nanoseconds since 1970 UTC; an earlier time than it is changes nothing.</param>
    public void AdvanceTo(long time)
    {
        for (var fired = 0; fired < ManualClock.MaxFirings && _options.Clock.NextDue is { } due && due <= time; fired++)
        {
            _options.Clock.SetTo(due);
            Settle();
        }

        _options.Clock.SetTo(time);
        Settle();
    }

    /// <summary>Runs what the stages have posted and emitted, until nothing is left.</summary>
    public void Settle()
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var posted = Service.RunPending(CallbacksPerRound);
            if (!_outbound.Carry(_chain) & !_inbound.Carry(_chain) & posted == 0)
            {
                RunShadows();
                return;
            }
        }

        Failure ??= $"the stages answer their own packets without end; stopped after {MaxRounds} rounds";
    }

    public void Emit(StageNode emitter, Direction direction, PooledPacket packet)
    {
        OnEmit?.Invoke(emitter, direction, packet);
        WayOf(direction).Emissions.Add(emitter, packet);
    }

    /// <summary>Nothing waits for descriptors here.</summary>
    public void ReportReplacedFile()
    {
    }

    public void ReportMtu(StageUnit end, int bytes)
    {
        _mtu.Note(end, bytes);
        Service.PostTimer(end.Nodes[0], () => _mtu.Apply(Units));
    }

    public (int Outbound, int Inbound)? PathTo(StageNode above, in IpAddressValue address) => PathFollowers.PathTo(Units, above, address);

    public bool ReportPath(StageUnit end, in DatagramEndpoint destination, int bytes) => PathFollowers.Report(Units, end, destination, bytes);

    public bool ReportPathFailure(StageUnit end, in DatagramEndpoint destination, string reason) => PathFollowers.ReportFailure(Units, end, destination, reason);

    public void Fault(StageNode node, Exception reason) => Failure ??= $"{node.Unit.Id}: {reason.Message}";

    public void BatchFault(StageNode node, Direction direction, int packets, Exception error)
    {
        LastFault = error;
        _faults.BatchFault(node, direction, packets, error);
    }

    public void ServiceFault(StageNode node, Exception error)
    {
        LastFault = error;
        _faults.ServiceFault(node, error);
    }

    public void Dispose()
    {
        foreach (var unit in Units)
        {
            unit.Shadow?.End(_closeLimit);
        }

        _outbound.Emissions.Close();
        _inbound.Emissions.Close();
        if (_closer.Close(Units, []))
        {
            _builder.CloseServices(_closeLimit, _ => { });
        }
    }

    private void RunShadows()
    {
        foreach (var unit in Units)
        {
            unit.Shadow?.RunPending();
        }
    }

    private Way WayOf(Direction direction) => direction == Direction.Outbound ? _outbound : _inbound;

    /// <summary>One direction: its batch, its walk, and what was emitted into it.</summary>
    private sealed class Way
    {
        private readonly ChainWalker _walker;
        private readonly EmissionCarrier _carrier;
        private readonly TimeProvider _time;
        private readonly Direction _direction;

        public Way(SteppedPipeline pipeline, Direction direction, PacketRoom room)
        {
            (_direction, _time) = (direction, pipeline.Time);
            Batch = new PacketBatch(pipeline._options.BatchSize, room, pipeline.Pool, direction) { OnDrop = pipeline._options.OnDrop };
            _walker = new ChainWalker(direction, pipeline) { Observer = pipeline._options.Observer };
            _carrier = new EmissionCarrier(direction, _walker, Batch, _time, pipeline);
        }

        public PacketBatch Batch { get; }

        public EmissionQueue Emissions => _carrier.Queue;

        public void Walk(Chain chain)
        {
            Batch.Timestamp = _time.GetTimestamp();
            chain.SourceNode(_direction).Traffic(_direction).NoteIn(Batch.Count, Batch.ByteCount);
            _walker.Walk(chain, entry: 0, Batch);
        }

        public bool Carry(Chain chain) => Emissions.HasWork && _carrier.CarryGroup(chain);
    }
}
