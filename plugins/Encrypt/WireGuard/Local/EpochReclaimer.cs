using Culvert.Stages;

namespace Culvert.Plugins.Encrypt.WireGuard.Local;

/// <summary>
/// Epoch-based reclamation: detects when no data loop can still reference a retired object, so that keys are wiped while packets flow and
/// without a lock in the data path. Each loop marks the start and the end of its batches; a retired object is disposed once every loop
/// that was inside a batch at that time has left it. A loop calls <see cref="Enter"/> and <see cref="Leave"/>, any thread
/// <see cref="Retire"/>; objects are disposed on the service thread only.
/// </summary>
internal sealed class EpochReclaimer : IDisposable
{
    // One cache line each, so that loops do not disturb each other.
    private const int Stride = 8;

    private static readonly TimeSpan CollectInterval = TimeSpan.FromMilliseconds(100);

    private readonly int _loops;
    private readonly long[] _marks;
    private readonly StageTimer _timer;
    private readonly Lock _gate = new();
    private readonly List<(IDisposable Item, long[] Marks)> _retired = [];

    /// <param name="loops">The number of data loops; they are numbered from 0.</param>
    /// <param name="host">Creates the timer that collects.</param>
    public EpochReclaimer(int loops, ITunnelHost host)
    {
        _loops = loops;
        _marks = new long[(loops + 1) * Stride];
        _timer = host.CreateTimer(Collect);
    }

    /// <summary>The number of objects that are retired but not disposed.</summary>
    public int Pending
    {
        get { lock (_gate) { return _retired.Count; } }
    }

    /// <summary>Begins a batch of a loop. A full fence: what the loop reads afterwards is not older.</summary>
    public void Enter(int loop) => Interlocked.Increment(ref _marks[(loop + 1) * Stride]);

    /// <summary>Ends a batch of a loop, which keeps no reference.</summary>
    public void Leave(int loop) => Interlocked.Increment(ref _marks[(loop + 1) * Stride]);

    /// <summary>Disposes an object on the service thread once no loop can reference it. Unlink it first: publish what replaces it.</summary>
    public void Retire(IDisposable item)
    {
        Interlocked.MemoryBarrier();
        var marks = new long[_loops];
        for (var i = 0; i < _loops; i++)
        {
            marks[i] = Volatile.Read(ref _marks[(i + 1) * Stride]);
        }

        lock (_gate)
        {
            _retired.Add((item, marks));
        }

        _timer.Schedule(TimeSpan.Zero);
    }

    /// <summary>Disposes everything: after the last batch.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        // A peer that is disposed retires its keypairs.
        while (TakeOut(_ => true) is { Count: > 0 } items)
        {
            DisposeAll(items);
        }
    }

    private void Collect()
    {
        try
        {
            DisposeAll(TakeOut(IsFree));
        }
        finally
        {
            if (Pending > 0)
            {
                _timer.Schedule(CollectInterval);
            }
        }
    }

    // One that throws keeps no other from being disposed: they are keys.
    private static void DisposeAll(List<IDisposable> items)
    {
        var done = 0;
        try
        {
            while (done < items.Count)
            {
                items[done++].Dispose();
            }
        }
        finally
        {
            if (done < items.Count)
            {
                DisposeAll(items[done..]);
            }
        }
    }

    private List<IDisposable> TakeOut(Predicate<long[]> isFree)
    {
        lock (_gate)
        {
            var free = new List<IDisposable>();
            _retired.RemoveAll(entry =>
            {
                var isOut = isFree(entry.Marks);
                if (isOut)
                {
                    free.Add(entry.Item);
                }

                return isOut;
            });
            return free;
        }
    }

    // An even mark: the loop was between two batches.
    private bool IsFree(long[] marks)
    {
        for (var i = 0; i < _loops; i++)
        {
            if (marks[i] % 2 != 0 && Volatile.Read(ref _marks[(i + 1) * Stride]) == marks[i])
            {
                return false;
            }
        }

        return true;
    }
}
