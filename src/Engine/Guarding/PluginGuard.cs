using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Culvert.Engine.Guarding;

/// <summary>
/// The guard of every call into plugin code outside of the data path: the code runs on a thread that can be left behind, and what it throws names
/// the member. On the data path, where a thread a call would cost too much, <see cref="StageCalls"/> calls stages on the lane's own thread; the
/// chain's walker contains what they throw, and a watch names a stage that does not return. Thread-safe.
/// </summary>
internal static class PluginGuard
{
    /// <summary>The time limit of code that reads, checks or describes.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [ThreadStatic]
    private static Visit? _visit;

    /// <summary>Runs work that calls members of a plugin, all of it within one time limit. Inside of other guarded work it belongs to that.</summary>
    /// <param name="limit">How long to wait.</param>
    /// <param name="work">May still run after the time is up, so that it must share nothing with the caller. What it throws is thrown here.</param>
    /// <param name="late">Gets the result on the work's thread when it comes too late; null for nothing.</param>
    /// <exception cref="PluginException">A member threw or did not return.</exception>
    public static T Within<T>(TimeSpan limit, Func<T> work, Action<T>? late = null)
    {
        if (_visit is not null)
        {
            return work();
        }

        var visit = new Visit();
        var run = new Run<T>(visit, work, late);
        return run.Wait(limit);
    }

    /// <inheritdoc cref="Within{T}"/>
    public static void Within(TimeSpan limit, Action work) => Within(limit, () =>
    {
        work();
        return true;
    });

    /// <summary>Calls one member.</summary>
    /// <param name="member">The member, for messages.</param>
    /// <param name="state">Passed to the call, so that it needs no closure.</param>
    /// <param name="call">The call.</param>
    /// <exception cref="PluginException">The member threw, or did not return within the limit.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever plugin code throws becomes one kind of error.")]
    public static T Call<TState, T>(Member member, TState state, Func<TState, T> call)
    {
        if (_visit is not { } visit)
        {
            return Within(Limit, () => Call(member, state, call));
        }

        var outer = visit.Member;
        visit.Member = member;
        try
        {
            return call(state);
        }
        catch (Exception error) when (error is not PluginException)
        {
            throw new PluginException(member, error);
        }
        finally
        {
            visit.Member = outer;
        }
    }

    /// <inheritdoc cref="Call{TState, T}"/>
    public static void Call<TState>(Member member, TState state, Action<TState> call) => Call(member, (state, call), static pair =>
    {
        pair.call(pair.state);
        return true;
    });

    /// <summary>The member that guarded work is in; read by the thread that waits.</summary>
    private sealed class Visit
    {
        private readonly Lock _gate = new();
        private Member _member = new("the plugin's code");

        public Member Member
        {
            get { lock (_gate) { return _member; } }
            set { lock (_gate) { _member = value; } }
        }
    }

    private sealed class Run<T>(Visit visit, Func<T> work, Action<T>? late)
    {
        private const int Waiting = 0;
        private const int Done = 1;
        private const int GivenUp = 2;

        // Not disposed: where the time runs out the thread still sets it, later.
        private readonly ManualResetEventSlim _ended = new();
        private ExceptionDispatchInfo? _error;
        private T? _result;
        private int _state = Waiting;

        public T Wait(TimeSpan limit)
        {
            // A new one each time, not one that rests: it is in the network namespace of the caller's thread (setns(2)), as what it opens is.
            new Thread(Work) { Name = "culvert guard", IsBackground = true }.Start();

            // A breakpoint in a plugin may take its time.
            if (!_ended.Wait(Debugger.IsAttached ? Timeout.InfiniteTimeSpan : limit) && Interlocked.CompareExchange(ref _state, GivenUp, Waiting) == Waiting)
            {
                throw new PluginException(visit.Member, limit);
            }

            _error?.Throw();
            return _result!;
        }

        [SuppressMessage("Design", "CA1031", Justification = "The exception is thrown again on the caller's thread.")]
        private void Work()
        {
            _visit = visit;
            try
            {
                _result = work();
            }
            catch (Exception error)
            {
                _error = ExceptionDispatchInfo.Capture(error);
            }

            if (Interlocked.CompareExchange(ref _state, Done, Waiting) == GivenUp && _error is null)
            {
                Late();
            }

            _ended.Set();
        }

        [SuppressMessage("Design", "CA1031", Justification = "Nobody waits for the result any more.")]
        private void Late()
        {
            try
            {
                late?.Invoke(_result!);
            }
            catch (Exception)
            {
                // It was reported as late; an exception here would end the process.
            }
        }
    }
}
