using System.Diagnostics.CodeAnalysis;

namespace Culvert.Engine.Running;

/// <summary>
/// The service thread: runs timers' callbacks and posted work, one at a time, in the order of posting. It sleeps until there is some: an idle pipeline
/// does not wake. What is queued is bounded; a stage that posts without end is told so by an exception where it posts. In a replay
/// nothing is started and <see cref="RunPending"/> does the work on the caller's thread.
/// </summary>
internal sealed class ServiceLoop
{
    private const int MostQueued = 65_536;

    private readonly object _gate = new();
    private readonly Queue<Work> _queue = new();
    private readonly IFaultSink _faults;
    private readonly Thread _thread;
    private bool _finish;
    private bool _abandoned;
    private StageNode? _current;
    private long _since;

    public ServiceLoop(IFaultSink faults)
    {
        _faults = faults;
        _thread = new Thread(Run) { Name = "culvert service", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Queues posted work. After the end it is forgotten.</summary>
    /// <exception cref="InvalidOperationException">Too much waits already.</exception>
    public void Post(StageNode owner, Action work) => Add(owner, work, MostQueued);

    /// <summary>Queues a timer's callback. Each timer waits at most once, so that this needs no bound and never throws.</summary>
    public void PostTimer(StageNode owner, Action callback) => Add(owner, callback, int.MaxValue);

    /// <summary>Runs on the caller's thread what waits now and what that posts in turn.</summary>
    /// <param name="limit">The most callbacks, so that work that posts itself ends.</param>
    /// <returns>How many ran.</returns>
    public int RunPending(int limit = MostQueued)
    {
        var ran = 0;
        while (ran < limit && TryTake(out var work))
        {
            Contain(work);
            ran++;
        }

        return ran;
    }

    /// <summary>Waits until all that is queued now has run.</summary>
    /// <returns>False when the time ran out: a callback blocks.</returns>
    public bool Flush(StageNode owner, TimeSpan limit)
    {
        // Not disposed: where the time runs out the marker still comes, later.
        var reached = new ManualResetEventSlim();
        PostTimer(owner, reached.Set);
        return reached.Wait(limit);
    }

    /// <summary>Does what waits, and ends.</summary>
    /// <returns>False when the time ran out: a callback blocks.</returns>
    public bool Finish(TimeSpan limit)
    {
        lock (_gate)
        {
            _finish = true;
            Monitor.Pulse(_gate);
        }

        return (_thread.ThreadState & ThreadState.Unstarted) != 0 || _thread.Join(limit);
    }

    /// <summary>Abandons the thread: when its current callback returns after all, it ends without running another.</summary>
    /// <returns>The stage whose callback it is in; null when it is in none.</returns>
    public StageNode? Abandon()
    {
        lock (_gate)
        {
            _abandoned = true;
            return _current;
        }
    }

    /// <summary>The stage whose callback has been running for longer than a limit, and since when; null for none. From any thread.</summary>
    public (StageNode Owner, long Since)? StuckSince(TimeSpan limit)
    {
        lock (_gate)
        {
            return _current is { } owner && Environment.TickCount64 - _since > limit.TotalMilliseconds ? (owner, _since) : null;
        }
    }

    private void Add(StageNode owner, Action work, int most)
    {
        lock (_gate)
        {
            if (_finish)
            {
                return;
            }

            if (_queue.Count >= most)
            {
                throw new InvalidOperationException($"{most} posts wait already; the stage posts faster than its work is done.");
            }

            _queue.Enqueue(new Work(owner, work));
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (Wait(out var work))
        {
            Contain(work);
        }
    }

    private bool Wait(out Work work)
    {
        lock (_gate)
        {
            _current = null;
            work = default;
            while (_abandoned || !_queue.TryDequeue(out work))
            {
                if (_finish || _abandoned)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            _current = work.Owner;
            _since = Environment.TickCount64;
            return true;
        }
    }

    private bool TryTake(out Work work)
    {
        lock (_gate)
        {
            return _queue.TryDequeue(out work);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a stage throws is contained here.")]
    private void Contain(in Work work)
    {
        try
        {
            work.Run();
        }
        catch (Exception error)
        {
            _faults.ServiceFault(work.Owner, error);
        }
    }

    private readonly record struct Work(StageNode Owner, Action Run);
}
