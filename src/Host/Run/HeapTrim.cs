using System.Runtime;
using Culvert.Host.Run.Interop;

namespace Culvert.Host.Run;

/// <summary>
/// Keeps the C library's heap and the managed one as small as what is in them. The runtime's compiler takes memory on each thread that calls a method
/// first, and returns it: with a pool for each thread that leaves holes in all of them. What reading the file left lies there until the collector is
/// called, which packets never do. Together 2 MB of 11.
/// </summary>
internal sealed class HeapTrim : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Timer _timer;
    private long _compiled;

    /// <summary>Gives back what the start used, and from now on, every 10 s in which methods were compiled, what that used. Stops threads for 2 ms.</summary>
    public HeapTrim()
    {
        Trim();
        _timer = new Timer(_ => TrimAfterCompiling(), null, Interval, Interval);
    }

    /// <summary>Makes all threads share one pool, and the compiler's blocks none of it. For the start: pools that are there stay.</summary>
    public static void Share() => Call(() =>
    {
        _ = Malloc.mallopt(Malloc.M_ARENA_MAX, 1);
        _ = Malloc.mallopt(Malloc.M_MMAP_THRESHOLD, 64 * 1024);
    });

    public void Dispose() => _timer.Dispose();

    private static void Trim()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Call(() => Malloc.malloc_trim(0));
    }

    private void TrimAfterCompiling()
    {
        var compiled = JitInfo.GetCompiledMethodCount();
        if (compiled != _compiled)
        {
            _compiled = compiled;
            Trim();
        }
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
