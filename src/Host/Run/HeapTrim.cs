using System.Runtime;
using Culvert.Host.Run.Interop;

namespace Culvert.Host.Run;

/// <summary>
/// Keeps the C library's heap and the managed one as small as what is in them. The runtime's compiler takes memory on each thread that calls a method
/// first, and returns it: with a pool for each thread that leaves holes in all of them. What reading the file left lies there until the collector is
/// called, which packets never do. Together 2.5 MB of 11.
/// </summary>
internal sealed class HeapTrim : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // The runtime keeps its compiler's blocks, 1.5 MB after the start, until its finalizer's thread has woken up three times with 2 s between.
    private static readonly TimeSpan AfterCompiling = TimeSpan.FromSeconds(2.5);
    private const int RoundsAfterCompiling = 3;

    private readonly Timer _timer;
    private long _compiled;
    private int _rounds;

    /// <summary>
    /// Gives back what the start used, and from now on, while methods are compiled, what that used. Stops threads for 2 ms, every 2.5 s at most.
    /// </summary>
    public HeapTrim()
    {
        _timer = new Timer(_ => Trim());
        // On another thread: a plugin's finalizer that hangs would keep the start from ending.
        _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Makes all threads share one pool, and the compiler's blocks none of it. For the start: pools that are there stay.</summary>
    public static void Share() => Call(() =>
    {
        _ = Malloc.mallopt(Malloc.M_ARENA_MAX, 1);
        _ = Malloc.mallopt(Malloc.M_MMAP_THRESHOLD, 64 * 1024);
    });

    public void Dispose() => _timer.Dispose();

    private void Trim()
    {
        var compiled = JitInfo.GetCompiledMethodCount();
        if (compiled != _compiled)
        {
            (_compiled, _rounds) = (compiled, RoundsAfterCompiling);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        if (_rounds > 0)
        {
            _rounds--;
            GC.WaitForPendingFinalizers();
            Call(() => Malloc.malloc_trim(0));
        }

        _timer.Change(_rounds > 0 ? AfterCompiling : Interval, Timeout.InfiniteTimeSpan);
    }

    private static void Call(Action use)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            use();
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc.
        }
    }
}
