using System.Diagnostics;

namespace Culvert.Engine.Running.Shadows;

/// <summary>
/// The time that a candidate uses, with the comparison of its results. It may use a share of each second; after that it has none until the next
/// second. One thread uses time; any thread may ask.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="share">The share, above 0 to 1; null for no limit.</param>
internal sealed class ShadowBudget(TimeProvider time, double? share)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private long _total;
    private long _used;
    private long _windowSince = long.MinValue;
    private long _noneUntil = long.MinValue;
    private long _busySince;

    /// <summary>All time that was used.</summary>
    public TimeSpan Total => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _total));

    /// <summary>Whether there is time left at a timestamp of the clock.</summary>
    public bool HasTime(long timestamp) => timestamp >= Volatile.Read(ref _noneUntil);

    /// <summary>Whether time is being used without an end for longer than a limit.</summary>
    public bool IsStuck(TimeSpan limit) => Volatile.Read(ref _busySince) is var since and not 0 && Stopwatch.GetElapsedTime(since) > limit;

    /// <summary>Begins to use time.</summary>
    public void Begin() => Volatile.Write(ref _busySince, Stopwatch.GetTimestamp());

    /// <summary>Ends it.</summary>
    public void End()
    {
        var ticks = Stopwatch.GetTimestamp() - _busySince;
        Volatile.Write(ref _busySince, 0);
        Volatile.Write(ref _total, _total + ticks);
        if (share is { } limit)
        {
            Spend(ticks, limit);
        }
    }

    private void Spend(long ticks, double limit)
    {
        var now = time.GetTimestamp();
        if (_windowSince == long.MinValue || time.GetElapsedTime(_windowSince, now) >= Window)
        {
            (_windowSince, _used) = (now, 0);
        }

        _used += ticks;
        if (_used > limit * Stopwatch.Frequency)
        {
            Volatile.Write(ref _noneUntil, _windowSince + (long)(Window.TotalSeconds * time.TimestampFrequency));
        }
    }
}
