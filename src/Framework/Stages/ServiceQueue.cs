using System.Diagnostics.CodeAnalysis;

namespace Culvert.Stages;

/// <summary>
/// The work of the service thread: posted work and the callbacks of due timers, run one at a time in the order in which they came. What is
/// queued is bounded; a stage that posts without end gets an exception where it posts. The host and the test kit use this one
/// implementation: a thread calls <see cref="RunUntilClosed"/>, a test or a replay <see cref="RunPending"/>. Thread-safe.
/// </summary>
/// <typeparam name="TOwner">What work belongs to.</typeparam>
/// <param name="contain">Gets what the work of an owner threw.</param>
internal sealed class ServiceQueue<TOwner>(Action<TOwner, Exception> contain)
    where TOwner : class
{
    /// <summary>The most posts that wait.</summary>
    public const int MaxQueued = 65_536;

    private readonly object _gate = new();
    private readonly Queue<Work> _queue = new();
    private bool _closed;
    private bool _abandoned;
    private TOwner? _current;
    private long _since;

    /// <summary>Queues posted work. After the end it is forgotten.</summary>
    /// <exception cref="InvalidOperationException">Too much waits already.</exception>
    public void Post(TOwner owner, Action work) => Add(owner, work, MaxQueued);

    /// <summary>Queues a timer's callback. Each timer waits at most once, so that this needs no bound and never throws.</summary>
    public void PostTimer(TOwner owner, Action callback) => Add(owner, callback, int.MaxValue);

    /// <summary>Runs on the caller's thread what waits now and what that posts in turn.</summary>
    /// <param name="limit">The most callbacks, so that work that posts itself ends.</param>
    /// <returns>How many ran.</returns>
    public int RunPending(int limit)
    {
        var ran = 0;
        while (ran < limit && TryTake(out var work))
        {
            Contain(work);
            ran++;
        }

        return ran;
    }

    /// <summary>Runs what comes, and sleeps in between, until <see cref="Close"/> and no more waits.</summary>
    public void RunUntilClosed()
    {
        while (Wait(out var work))
        {
            Contain(work);
        }
    }

    /// <summary>From now on what is queued is forgotten.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>When the current callback returns after all, no other one is run.</summary>
    /// <returns>Its owner; null when none runs.</returns>
    public TOwner? Abandon()
    {
        lock (_gate)
        {
            _abandoned = true;
            return _current;
        }
    }

    /// <summary>
    /// The owner of a callback that <see cref="RunUntilClosed"/> has been running for longer than a limit, and since which
    /// <see cref="Environment.TickCount64"/>; null for none.
    /// </summary>
    public (TOwner Owner, long Since)? StuckSince(TimeSpan limit)
    {
        lock (_gate)
        {
            return _current is { } owner && Environment.TickCount64 - _since > limit.TotalMilliseconds ? (owner, _since) : null;
        }
    }

    private void Add(TOwner owner, Action work, int most)
    {
        lock (_gate)
        {
            if (_closed)
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

    private bool Wait(out Work work)
    {
        lock (_gate)
        {
            _current = null;
            work = default;
            while (_abandoned || !_queue.TryDequeue(out work))
            {
                if (_closed || _abandoned)
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
            contain(work.Owner, error);
        }
    }

    private readonly record struct Work(TOwner Owner, Action Run);
}
