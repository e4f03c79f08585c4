using System.Diagnostics.CodeAnalysis;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Running;

/// <summary>
/// One direction of one lane, on a thread of its own, run to completion. Each round:
/// 1. take up the chain that is current now; 2. carry what stages have emitted; 3. receive, blocking; 4. walk the batch to the sink.
/// Nothing is queued between stages, nothing is locked, nothing is allocated. When told to finish it receives no more, carries emissions
/// until the service thread has ended too, and leaves.
/// </summary>
internal sealed class LaneLoop
{
    // So that a flood of emissions cannot keep the loop from receiving.
    private const int MostEmissionRounds = 16;

    // A Receive that throws again and again is as good as lost; without a bound it would be a busy loop.
    private const int MostReceiveFaults = 100;

    private readonly Direction _direction;
    private readonly ChainWalker _walker;
    private readonly IFaultSink _faults;
    private readonly TimeProvider _time;
    private readonly EmissionCarrier _carrier;
    private readonly PacketBatch _batch;
    private readonly AutoResetEvent _drain = new(false);
    private readonly Thread _thread;
    private readonly object _adopting = new();
    private Chain _next;
    private Chain _current;
    private int _phase;
    private int _receiveFaults;

    public LaneLoop(Direction direction, int lane, Chain chain, PacketBatch batch, TimeProvider time, IFaultSink faults)
    {
        (_direction, _batch, _time, _faults) = (direction, batch, time, faults);
        (_next, _current) = (chain, chain);
        _walker = new ChainWalker(direction, faults);
        _carrier = new EmissionCarrier(direction, _walker, batch, time);
        _thread = new Thread(Run)
        {
            Name = $"culvert {(direction == Direction.Outbound ? "out" : "in")} {lane}",
            IsBackground = true,
        };
    }

    private enum Phase
    {
        Running,
        Draining,
        Finishing,
    }

    /// <summary>Packets that were emitted by a stage that was gone when their turn came.</summary>
    public long Orphaned => _carrier.Orphaned;

    /// <summary>Sees sampled packets; may be set while the loop runs.</summary>
    public IChainWatch? Watch
    {
        get => _walker.Watch;
        set => _walker.Watch = value;
    }

    private Phase Now => (Phase)Volatile.Read(ref _phase);

    public void Start() => _thread.Start();

    /// <summary>Sends a packet on its way from behind a stage. From any thread.</summary>
    public void Emit(StageNode emitter, PacketLease lease)
    {
        if (_carrier.Queue.Add(emitter, lease) && Thread.CurrentThread != _thread)
        {
            Wake();
        }
    }

    /// <summary>Gives the loop another chain for its next round. Does not wait.</summary>
    public void Switch(Chain chain)
    {
        Volatile.Write(ref _next, chain);
        Wake();
    }

    /// <summary>Waits until the loop has left every chain before this one.</summary>
    /// <returns>False when the time ran out: a stage blocks.</returns>
    public bool WaitForSwitch(Chain chain, TimeSpan limit)
    {
        var until = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        lock (_adopting)
        {
            while (_current != chain && _thread.IsAlive)
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

    /// <summary>From now on nothing is received; what is emitted still goes out.</summary>
    public void Drain() => Enter(Phase.Draining);

    /// <summary>The loop carries what waits and ends.</summary>
    public void Finish() => Enter(Phase.Finishing);

    /// <summary>Waits for the loop's end and gives back what it could not carry.</summary>
    /// <returns>False when the time ran out: a stage or an end blocks.</returns>
    public bool Join(TimeSpan limit)
    {
        var ended = (_thread.ThreadState & ThreadState.Unstarted) != 0 || _thread.Join(limit);
        _carrier.Queue.Close();
        return ended;
    }

    private void Enter(Phase phase)
    {
        Volatile.Write(ref _phase, (int)phase);
        Wake();
    }

    private void Wake()
    {
        if (Now != Phase.Running)
        {
            _drain.Set();
        }

        Volatile.Read(ref _current).Source(_direction).Wake();
    }

    private void Run()
    {
        while (Now == Phase.Running)
        {
            var chain = TakeUpChain();
            Carry(chain);
            _batch.Clear();
            if (Receive(chain) && _batch.Count != 0)
            {
                _batch.Timestamp = _time.GetTimestamp();
                chain.SourceNode(_direction).Traffic(_direction).NoteIn(_batch.Count, _batch.ByteCount);
                _walker.Walk(chain, entry: 0, _batch);
            }
        }

        while (Now != Phase.Finishing)
        {
            Carry(TakeUpChain());
            _drain.WaitOne();
        }

        while (_carrier.Queue.HasWork)
        {
            Carry(TakeUpChain());
        }
    }

    private Chain TakeUpChain()
    {
        var next = Volatile.Read(ref _next);
        if (next != _current)
        {
            lock (_adopting)
            {
                Volatile.Write(ref _current, next);
                Monitor.PulseAll(_adopting);
            }
        }

        return next;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever an end throws is contained here.")]
    private bool Receive(Chain chain)
    {
        try
        {
            chain.Source(_direction).Receive(_batch);
            _receiveFaults = 0;
            return true;
        }
        catch (Exception error)
        {
            var source = chain.SourceNode(_direction);
            var packets = _batch.Count;
            source.Traffic(_direction).NoteFaulted(packets);
            _batch.Clear();
            _faults.BatchFault(source, _direction, packets, ++_receiveFaults < MostReceiveFaults ? error : Hopeless(error));
            return false;
        }
    }

    private static EndpointLostException Hopeless(Exception error) =>
        new($"receiving failed {MostReceiveFaults} times in a row: {error.Message}", error);

    private void Carry(Chain chain)
    {
        for (var round = 0; _carrier.Queue.HasWork; round++)
        {
            if (round == MostEmissionRounds)
            {
                chain.Source(_direction).Wake();
                return;
            }

            _carrier.CarryGroup(chain);
        }
    }
}
