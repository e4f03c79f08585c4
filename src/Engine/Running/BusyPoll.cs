using System.Diagnostics;
using System.Runtime.Versioning;
using Culvert.Endpoints;

namespace Culvert.Engine.Running;

/// <summary>
/// Waits for packets: where they follow each other closely by asking again and again for a moment, else asleep. To wake a processor that
/// sleeps takes tens of microseconds, on a virtual machine more than carrying a packet does. It takes only time in which the processor would
/// sleep: between two questions it offers it to others, and when one takes it, it goes to sleep. As Linux's KVM does for halted processors
/// (<c>halt_poll_ns</c>, virt/kvm/kvm_main.c), it learns from its waits whether asking pays (<see cref="PollForecast"/>), so that sparse packets and
/// an idle tunnel cost what sleeping costs. For one thread.
/// </summary>
/// <param name="wait">Tells what can be read.</param>
/// <param name="most">How long it asks at most; zero for not at all.</param>
[SupportedOSPlatform("linux")]
internal sealed class BusyPoll(PollWait wait, TimeSpan most)
{
    // A wait that was slept through is longer than it had to be, by the time that waking takes.
    private const int ShortWaits = 4;

    // A turn takes less than 1 µs when nobody else wants the processor.
    private static readonly long Wanted = Stopwatch.Frequency / 200_000;

    private readonly long _most = (long)(most.TotalSeconds * Stopwatch.Frequency);
    private PollForecast _forecast;

    /// <summary>Waits until there is something to do.</summary>
    public PollResult Wait()
    {
        if (_most == 0)
        {
            return wait.Wait();
        }

        var result = wait.Look();
        if (!result.IsNothing)
        {
            return result;
        }

        var began = Stopwatch.GetTimestamp();
        if (_forecast.Pays)
        {
            result = Ask(began);
            if (!result.IsNothing)
            {
                _forecast.NoteFound();
                return result;
            }

            _forecast.NoteVain();
        }

        result = wait.Wait();
        if (Stopwatch.GetTimestamp() - began < _most * ShortWaits)
        {
            _forecast.NoteShortSleep();
        }

        return result;
    }

    private PollResult Ask(long began)
    {
        PollResult result;
        long before;
        var now = began;
        do
        {
            before = now;
            Thread.Yield();
            result = wait.Look();
            now = Stopwatch.GetTimestamp();
        }
        while (result.IsNothing && now - before < Wanted && now - began < _most);
        return result;
    }
}
