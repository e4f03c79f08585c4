using System.Diagnostics;
using System.Runtime.Versioning;
using Culvert.Endpoints;

namespace Culvert.Engine.Running;

/// <summary>
/// Waits for packets: where they follow each other closely by asking again and again for a moment, else asleep. To wake a processor that
/// sleeps takes tens of microseconds, on a virtual machine more than carrying a packet does. It takes only time in which the processor would
/// sleep: between two questions it offers it to others. As Linux's KVM does for halted processors
/// (<c>halt_poll_ns</c>, virt/kvm/kvm_main.c), it learns from its waits whether asking pays (<see cref="PollForecast"/>), so that sparse packets and
/// an idle tunnel cost what sleeping costs. For one thread.
/// </summary>
/// <remarks>
/// Where packets come one by one, as requests and their responses do, it asks longer: for longer than a round trip in which the other end
/// slept, for else two ends that both sleep would never find each other awake again.
/// </remarks>
/// <param name="wait">Tells what can be read.</param>
/// <param name="most">How long it asks at most, one by one <see cref="Patience"/> times as long; zero for not at all.</param>
[SupportedOSPlatform("linux")]
internal sealed class BusyPoll(PollWait wait, TimeSpan most)
{
    /// <summary>How much longer it asks where packets come one by one.</summary>
    public const int Patience = 4;

    // A wait that was slept through is longer than it had to be, by the time that waking takes.
    private const int ShortWaits = 4;

    // A turn takes less than 1 µs when nobody else wants the processor.
    private static readonly long Wanted = Stopwatch.Frequency / 200_000;

    // Client, server and the other end, whose work the next packet comes from, take tens of microseconds of it.
    private static readonly long WantedForLong = Stopwatch.Frequency / 10_000;

    private readonly long _most = (long)(most.TotalSeconds * Stopwatch.Frequency);
    private PollForecast _forecast;
    private RoundTrips _trips;

    /// <summary>Waits until there is something to do.</summary>
    /// <param name="carried">The packets that the thread carried since the last wait.</param>
    public PollResult Wait(int carried)
    {
        if (_most == 0)
        {
            return wait.Wait();
        }

        if (_trips.Note(carried))
        {
            _forecast = default;
        }

        var result = wait.Look();
        if (!result.IsNothing)
        {
            return result;
        }

        var limit = _trips.AreAwaited ? _most * Patience : _most;
        var began = Stopwatch.GetTimestamp();
        if (_forecast.Pays)
        {
            result = Ask(began, limit, out var given);
            if (!result.IsNothing)
            {
                _forecast.NoteFound();
                return result;
            }

            // Given away, it says nothing about when packets come; but where many come, others need the processor for them.
            if (!given || !_trips.AreAwaited)
            {
                _forecast.NoteVain();
            }
        }

        result = wait.Wait();
        if (Stopwatch.GetTimestamp() - began < limit * ShortWaits)
        {
            _forecast.NoteShortSleep();
        }

        return result;
    }

    private PollResult Ask(long began, long limit, out bool given)
    {
        var wanted = _trips.AreAwaited ? WantedForLong : Wanted;
        PollResult result;
        long before;
        var now = began;
        do
        {
            before = now;
            Thread.Yield();
            result = wait.Look();
            now = Stopwatch.GetTimestamp();
            given = now - before >= wanted;
        }
        while (result.IsNothing && !given && now - began < limit);
        return result;
    }
}
