namespace Culvert.Engine.Running;

/// <summary>
/// A thread of a lane, which serves one or both directions, run to completion. When told to drain it receives no more and carries
/// emissions until the service thread has ended too; when told to finish it carries what is left, and ends.
/// </summary>
internal abstract class LaneThread
{
    private readonly LaneDirection[] _directions;
    private readonly object _draining = new();
    private readonly Thread _thread;
    private int _phase;
    private bool _called;

    protected LaneThread(string name, params LaneDirection[] directions)
    {
        _directions = directions;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        foreach (var direction in directions)
        {
            direction.ServedBy(this);
        }
    }

    private enum Phase
    {
        Running,
        Draining,
        Finishing,
    }

    public bool IsAlive => _thread.IsAlive;

    /// <summary>True on this thread itself, which looks for emissions anyway before it waits.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    private Phase Now => (Phase)Volatile.Read(ref _phase);

    public void Start() => _thread.Start();

    /// <summary>From now on nothing is received; what is emitted still goes out.</summary>
    public void Drain() => Enter(Phase.Draining);

    /// <summary>The thread carries what waits and ends.</summary>
    public void Finish() => Enter(Phase.Finishing);

    /// <summary>Waits for the thread's end and gives back what it could not carry.</summary>
    /// <returns>False when the time ran out: a stage or an end blocks.</returns>
    public bool Join(TimeSpan limit)
    {
        var ended = (_thread.ThreadState & ThreadState.Unstarted) != 0 || _thread.Join(limit);
        foreach (var direction in _directions)
        {
            direction.Close();
        }

        return ended;
    }

    /// <summary>Wakes the thread to look for emissions and another chain. From any thread.</summary>
    /// <param name="inTime">Whether the caller must continue even where an endpoint's own Wake does not return.</param>
    public void Wake(bool inTime)
    {
        if (Now != Phase.Running)
        {
            lock (_draining)
            {
                _called = true;
                Monitor.Pulse(_draining);
            }
        }

        WakeReceive(inTime);
    }

    /// <summary>Ends the current wait in <see cref="Serve"/>, or else the next one.</summary>
    /// <param name="inTime">Whether the caller must continue even where an endpoint's own Wake does not return.</param>
    protected abstract void WakeReceive(bool inTime);

    /// <summary>One round of all directions; waits when there is nothing to do.</summary>
    protected abstract void Serve();

    private void Enter(Phase phase)
    {
        Volatile.Write(ref _phase, (int)phase);
        Wake(inTime: true);
    }

    private void Run()
    {
        while (Now == Phase.Running)
        {
            Serve();
        }

        while (Now != Phase.Finishing)
        {
            Carry();
            WaitForCall();
        }

        while (_directions.Any(direction => direction.HasWork))
        {
            Carry();
        }
    }

    private void WaitForCall()
    {
        lock (_draining)
        {
            while (!_called)
            {
                Monitor.Wait(_draining);
            }

            _called = false;
        }
    }

    private void Carry()
    {
        foreach (var direction in _directions)
        {
            direction.TakeUp();
            direction.Carry();
        }
    }
}
