using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Culvert.Engine.Running;

/// <summary>Runs code of a stage that may never return.</summary>
internal static class Limited
{
    /// <summary>Runs it on a thread of its own and waits.</summary>
    /// <param name="work">What it throws in time is thrown here.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="late">Runs on that thread where the work returns after all, too late; null for nothing.</param>
    /// <returns>False when the time ran out: the work still runs.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "The exception is thrown again on the caller's thread.")]
    public static bool TryRun(Action work, TimeSpan limit, Action? late = null)
    {
        const int waiting = 0, done = 1, givenUp = 2;
        ExceptionDispatchInfo? error = null;
        var state = waiting;

        // Not disposed: where the time runs out the thread still sets it, later.
        var ended = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception thrown)
            {
                error = ExceptionDispatchInfo.Capture(thrown);
            }

            if (Interlocked.CompareExchange(ref state, done, waiting) == givenUp && error is null)
            {
                late?.Invoke();
            }

            ended.Set();
        })
        {
            Name = "culvert open or close",
            IsBackground = true,
        };
        thread.Start();
        if (!ended.Wait(limit) && Interlocked.CompareExchange(ref state, givenUp, waiting) == waiting)
        {
            return false;
        }

        error?.Throw();
        return true;
    }
}
