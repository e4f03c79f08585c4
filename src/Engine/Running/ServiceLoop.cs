using Culvert.Stages;

namespace Culvert.Engine.Running;

/// <summary>
/// The service thread, which runs a <see cref="ServiceQueue{TOwner}"/>. It sleeps until there is work: an idle pipeline does not wake. In a
/// replay nothing is started and <see cref="RunPending"/> does the work on the caller's thread.
/// </summary>
internal sealed class ServiceLoop
{
    private readonly ServiceQueue<StageNode> _queue;
    private readonly Thread _thread;

    public ServiceLoop(IFaultSink faults)
    {
        _queue = new ServiceQueue<StageNode>(faults.ServiceFault);
        _thread = new Thread(_queue.RunUntilClosed) { Name = "culvert service", IsBackground = true };
    }

    /// <summary>Called after something was queued; null for nobody. From any thread; it must not throw.</summary>
    public Action? Queued { get; init; }

    public void Start() => _thread.Start();

    /// <inheritdoc cref="ServiceQueue{TOwner}.Post"/>
    public void Post(StageNode owner, Action work)
    {
        _queue.Post(owner, work);
        Queued?.Invoke();
    }

    /// <inheritdoc cref="ServiceQueue{TOwner}.PostTimer"/>
    public void PostTimer(StageNode owner, Action callback)
    {
        _queue.PostTimer(owner, callback);
        Queued?.Invoke();
    }

    /// <inheritdoc cref="ServiceQueue{TOwner}.RunPending"/>
    public int RunPending(int limit = ServiceQueue<StageNode>.MaxQueued) => _queue.RunPending(limit);

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
        _queue.Close();
        return (_thread.ThreadState & ThreadState.Unstarted) != 0 || _thread.Join(limit);
    }

    /// <summary>Abandons the thread: when its current callback returns after all, it ends without running another.</summary>
    /// <returns>The stage whose callback it is in; null when it is in none.</returns>
    public StageNode? Abandon() => _queue.Abandon();

    /// <summary>The stage whose callback has been running for longer than a limit, and since when; null for none. From any thread.</summary>
    public (StageNode Owner, long Since)? StuckSince(TimeSpan limit) => _queue.StuckSince(limit);
}
