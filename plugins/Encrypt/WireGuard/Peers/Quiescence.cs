using Culvert.Stages;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// Tells when no data loop can still hold what was taken out of its sight, so that keys can be wiped while packets flow and without a
/// lock: each loop marks the start and the end of its batches; what was retired is disposed once every loop that was inside a batch then
/// has left it. Loops call <see cref="Enter"/> and <see cref="Leave"/>; everything else belongs to the service thread.
/// </summary>
internal sealed class Quiescence : IDisposable
{
    // One cache line each, so that loops do not disturb each other.
    private const int Stride = 8;

    private static readonly TimeSpan CollectAgain = TimeSpan.FromMilliseconds(100);

    private readonly int _loops;
    private readonly long[] _marks;
    private readonly StageTimer _timer;
    private readonly List<(IDisposable Item, long[] Marks)> _retired = [];

    /// <summary>Makes one.</summary>
    /// <param name="loops">How many data loops there are; they are numbered from 0.</param>
    /// <param name="context">For the timer that looks again.</param>
    public Quiescence(int loops, IStageContext context)
    {
        _loops = loops;
        _marks = new long[(loops + 1) * Stride];
        _timer = context.CreateTimer(() => Collect());
    }

    /// <summary>How many wait to be disposed.</summary>
    public int Pending => _retired.Count;

    /// <summary>A loop begins a batch. A full fence: what it reads from here on is not older.</summary>
    public void Enter(int loop) => Interlocked.Increment(ref _marks[(loop + 1) * Stride]);

    /// <summary>A loop has ended its batch and holds nothing.</summary>
    public void Leave(int loop) => Interlocked.Increment(ref _marks[(loop + 1) * Stride]);

    /// <summary>Disposes an object once no loop can hold it. Take it out of sight first.</summary>
    public void Retire(IDisposable item)
    {
        Interlocked.MemoryBarrier();
        var marks = new long[_loops];
        for (var i = 0; i < _loops; i++)
        {
            marks[i] = Volatile.Read(ref _marks[(i + 1) * Stride]);
        }

        _retired.Add((item, marks));
        Collect();
    }

    /// <summary>Disposes what no loop can hold any more.</summary>
    /// <returns>True when nothing is left.</returns>
    public bool Collect()
    {
        for (var i = _retired.Count - 1; i >= 0; i--)
        {
            if (IsFree(_retired[i].Marks))
            {
                _retired[i].Item.Dispose();
                _retired.RemoveAt(i);
            }
        }

        if (_retired.Count == 0)
        {
            return true;
        }

        _timer.Schedule(CollectAgain);
        return false;
    }

    /// <summary>Disposes everything: for after the last batch.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        foreach (var (item, _) in _retired)
        {
            item.Dispose();
        }

        _retired.Clear();
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
