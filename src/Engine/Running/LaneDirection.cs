using System.Diagnostics.CodeAnalysis;
using Culvert.Engine.Guarding;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Running;

/// <summary>
/// One direction of one lane: its batch, its emissions and the chain that they walk. A <see cref="LaneThread"/> does for it, again and
/// again: 1. <see cref="TakeUp"/> the chain that is current now; 2. <see cref="Carry"/> what stages have emitted; 3. receive; 4. walk the
/// batch to the sink. Nothing is queued between stages, nothing is locked, nothing is allocated.
/// </summary>
internal sealed class LaneDirection
{
    // So that a flood of emissions cannot keep the lane from receiving.
    private const int MaxEmissionRounds = 16;

    // A Receive that throws again and again is as good as lost; without a bound it would be a busy loop.
    private const int MaxReceiveFaults = 100;

    private readonly Direction _direction;
    private readonly ChainWalker _walker;
    private readonly IFaultSink _faults;
    private readonly TimeProvider _time;
    private readonly EmissionCarrier _carrier;
    private readonly PacketBatch _batch;
    private readonly object _adopting = new();
    private LaneThread? _thread;
    private Chain _next;
    private Chain _current;
    private int _receiveFaults;

    // While the source that does not wait fills the batch.
    private bool _receiving;

    // The timestamp at which the batch or emission under way began its walk; 0 between them.
    private long _walkingSince;

    public LaneDirection(Direction direction, Chain chain, PacketBatch batch, TimeProvider time, IFaultSink faults)
    {
        (_direction, _batch, _time, _faults) = (direction, batch, time, faults);
        (_next, _current) = (chain, chain);
        _walker = new ChainWalker(direction, faults);
        _carrier = new EmissionCarrier(direction, _walker, batch, time, faults);
    }

    /// <summary>The direction of its packets.</summary>
    public Direction Direction => _direction;

    /// <summary>The end that its packets come from, in the current chain.</summary>
    public StageNode SourceNode => Volatile.Read(ref _current).SourceNode(_direction);

    /// <summary>True while emissions wait.</summary>
    public bool HasWork => _carrier.Queue.HasWork;

    /// <summary>How many packets the last <see cref="Receive"/> brought.</summary>
    public int Received { get; private set; }

    /// <summary>Sees sampled packets; may be set while the lane runs.</summary>
    public IChainObserver? Observer
    {
        get => _walker.Observer;
        set => _walker.Observer = value;
    }

    /// <summary>Whether one batch has been under way for longer than a limit. From any thread.</summary>
    public bool IsStuck(TimeSpan limit) => StuckSince(limit) is not null;

    /// <summary>When the batch under way began its walk, if that is longer ago than a limit; else null. From any thread.</summary>
    public long? StuckSince(TimeSpan limit) => Volatile.Read(ref _walkingSince) is var since and not 0 && _time.GetElapsedTime(since) > limit ? since : null;

    /// <summary>The stage that has the batch now, or the endpoint that receives; null for none. From any thread.</summary>
    public StageNode? Holder => _walker.Current ?? (Volatile.Read(ref _receiving) ? SourceNode : null);

    /// <summary>Names the thread that serves it; once, before that starts.</summary>
    public void ServedBy(LaneThread thread) => _thread = thread;

    /// <summary>Sends a packet on its way from behind a stage. From any thread.</summary>
    public void Emit(StageNode emitter, PooledPacket packet)
    {
        if (_carrier.Queue.Add(emitter, packet) && !_thread!.IsCurrent)
        {
            _thread.Wake(inTime: false);
        }
    }

    /// <summary>Publishes another chain for the next round. Does not wait.</summary>
    public void Switch(Chain chain)
    {
        Volatile.Write(ref _next, chain);
        _thread!.Wake(inTime: true);
    }

    /// <summary>Waits until every chain before this one has been left.</summary>
    /// <returns>False when the time ran out: a stage blocks.</returns>
    public bool WaitForSwitch(Chain chain, TimeSpan limit)
    {
        var until = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        lock (_adopting)
        {
            while (_current != chain && _thread!.IsAlive)
            {
                var left = until - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_adopting, (int)left))
                {
                    return _current == chain;
                }
            }
        }

        return true;
    }

    /// <summary>Wakes the source's Receive. From any thread.</summary>
    /// <param name="inTime">Whether the caller must continue even where the endpoint's Wake does not return.</param>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever an endpoint throws is contained here.")]
    public void WakeSource(bool inTime)
    {
        var source = SourceNode;
        try
        {
            if (inTime)
            {
                StageCalls.WakeInTime((IPacketEndpoint)source.Stage);
            }
            else
            {
                StageCalls.Wake((IPacketEndpoint)source.Stage);
            }
        }
        catch (Exception error)
        {
            _faults.ServiceFault(source, error);
        }
    }

    /// <summary>From now on what is emitted is dropped and counted.</summary>
    public void Close() => _carrier.Queue.Close();

    /// <summary>Counts the packets of a batch from which a stage does not return. For a thread that is given up.</summary>
    /// <returns>The stage; null when no stage has a batch.</returns>
    public StageNode? Abandon()
    {
        var node = _walker.Current;
        node?.Unit.HostDrops.Note(HostDrop.Stuck, _direction, Math.Max(0, _batch.Count + _batch.AsideCount - _batch.GoneCount));
        return node;
    }

    /// <summary>Adopts the current chain. For the serving thread, as all that follows.</summary>
    /// <returns>Whether it is another than before.</returns>
    public bool TakeUp()
    {
        var next = Volatile.Read(ref _next);
        if (next == _current)
        {
            return false;
        }

        lock (_adopting)
        {
            Volatile.Write(ref _current, next);
            Monitor.PulseAll(_adopting);
        }

        return true;
    }

    /// <summary>Carries what was emitted, within bounds: some may be left.</summary>
    public void Carry()
    {
        for (var round = 0; round < MaxEmissionRounds && _carrier.Queue.HasWork; round++)
        {
            Volatile.Write(ref _walkingSince, _time.GetTimestamp());
            _carrier.CarryGroup(_current);
            Volatile.Write(ref _walkingSince, 0);
        }
    }

    /// <summary>Carries packets from the source to the sink; waits for them where the source cannot be polled.</summary>
    /// <param name="waits">Whether the source waits for packets by itself, so that the time of its call says nothing.</param>
    /// <returns>Whether there may be more that no descriptor reports.</returns>
    public bool Receive(bool waits)
    {
        _batch.Clear();
        Received = 0;
        try
        {
            BeginReceive(waits);
            StageCalls.Receive(_current.Source(_direction), new PacketFiller(_batch));
        }
        catch (Exception error)
        {
            Contain(error);
            return false;
        }
        finally
        {
            Volatile.Write(ref _receiving, false);
            Volatile.Write(ref _walkingSince, 0);
        }

        Received = _batch.Count;
        var more = _batch.Count == _batch.Capacity;
        Walk();
        return more;
    }

    private void BeginReceive(bool waits)
    {
        if (!waits)
        {
            Volatile.Write(ref _receiving, true);
            Volatile.Write(ref _walkingSince, _time.GetTimestamp());
        }
    }

    private void Walk()
    {
        _receiveFaults = 0;
        NoteReceived();
        if (_batch.Count != 0)
        {
            _batch.Timestamp = _time.GetTimestamp();
            Volatile.Write(ref _walkingSince, _batch.Timestamp);
            _walker.Walk(_current, entry: 0, _batch);
            Volatile.Write(ref _walkingSince, 0);
        }
    }

    private void NoteReceived()
    {
        var refused = _batch.RefusedCount;
        if (_batch.Count + refused != 0)
        {
            var traffic = _current.SourceNode(_direction).Traffic(_direction);
            traffic.NoteIn(_batch.Count + refused, _batch.ByteCount);
            traffic.NoteGone(refused, 0, 0);
        }
    }

    private void Contain(Exception error)
    {
        var source = _current.SourceNode(_direction);
        var packets = _batch.Count;
        NoteReceived();
        source.Traffic(_direction).NoteFaulted(packets);
        source.Unit.HostDrops.Note(HostDrop.Fault, _direction, packets);
        _batch.Clear();
        _faults.BatchFault(source, _direction, packets, ++_receiveFaults < MaxReceiveFaults ? error : Hopeless(error));
    }

    private static EndpointLostException Hopeless(Exception error) =>
        new($"receiving failed {MaxReceiveFaults} times in a row: {error.Message}", error);
}
