using System.Diagnostics;
using Culvert.Host.Run.Interop;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>
/// Ends the process whatever its threads do, handlers of its end included: when closing takes too long, or at once when asked a second time.
/// Thread-safe.
/// </summary>
internal sealed class ForcedEnd
{
    // Closing has limits of its own, 5 s for healthy stages; this one holds where those do not.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8.5);
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    // timeout(1) and some shells send a signal to the process and to its group.
    private const long SameSignal = 250;

    private long _firstSignal;
    private int _begun;

    /// <summary>The process is to end: from now on the time runs. A second call does nothing.</summary>
    public void Begin()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0)
        {
            Start(() =>
            {
                Thread.Sleep(Limit);
                End(RunLog.EndsLate);
            });
        }
    }

    /// <summary>A signal asks for the end; a second one ends the process at once. What follows within a quarter of a second is the first once more.</summary>
    public void Signal()
    {
        var now = Environment.TickCount64;
        var first = Interlocked.CompareExchange(ref _firstSignal, now, 0);
        if (first == 0)
        {
            Begin();
        }
        else if (now - first > SameSignal)
        {
            End(RunLog.EndsAtOnce);
        }
    }

    private static void End(Action<ILogger> report)
    {
        // By a log of its own: the program's may be closed, or stuck behind a standard error that nobody reads.
        Start(() =>
        {
            using var logging = LogOutput.Create(LogLevel.Warning);
            report(logging.CreateLogger("culvert"));
        }).Join(LastWords);
        if (OperatingSystem.IsWindows())
        {
            Process.GetCurrentProcess().Kill();
        }
        else
        {
            ProcessControl._exit(ExitCodes.Failure);
        }
    }

    private static Thread Start(ThreadStart work)
    {
        var thread = new Thread(work) { Name = "culvert end", IsBackground = true };
        thread.Start();
        return thread;
    }
}
