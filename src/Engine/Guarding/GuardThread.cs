using System.Runtime.CompilerServices;

namespace Culvert.Engine.Guarding;

/// <summary>
/// A thread for guarded work, which the next work uses again: a start guards some seventy calls, and a thread for each was a tenth of its processor
/// time. Work that does not return keeps its thread. Thread-safe.
/// </summary>
internal sealed class GuardThread
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private static GuardThread? _resting;

    private readonly SemaphoreSlim _given = new(0);
    private Action? _work;
    private ManualResetEventSlim? _ended;

    /// <summary>Runs work on a thread that can be left behind. Does not wait for it.</summary>
    /// <param name="work">Throws nothing.</param>
    /// <param name="ended">Set after it, when the thread can be used again.</param>
    public static void Run(Action work, ManualResetEventSlim ended)
    {
        var guard = Interlocked.Exchange(ref _resting, null);
        if (guard is null)
        {
            guard = new GuardThread();
            new Thread(guard.Serve) { Name = "culvert guard", IsBackground = true }.Start();
        }

        (guard._work, guard._ended) = (work, ended);
        guard._given.Release();
    }

    private void Serve()
    {
        var given = true;
        while (given)
        {
            _given.Wait();
            given = RunGiven() && IsGivenMore();
        }
    }

    // A method of its own: nothing of the work stays on this thread's stack, which would keep the code of a plugin.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunGiven()
    {
        var (work, ended) = (_work!, _ended!);
        (_work, _ended) = (null, null);
        work();
        var rests = Interlocked.CompareExchange(ref _resting, this, null) is null;
        ended.Set();
        return rests;
    }

    // Whether it was taken while it rested; with the last of the time, too.
    private bool IsGivenMore()
    {
        if (!_given.Wait(Rest))
        {
            return Interlocked.CompareExchange(ref _resting, null, this) != this;
        }

        _given.Release();
        return true;
    }
}
