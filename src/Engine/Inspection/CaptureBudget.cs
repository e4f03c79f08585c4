namespace Culvert.Engine.Inspection;

/// <summary>
/// Bounds what a capture costs a loop, in the loop's own time. What copying takes is estimated, not measured: reading the clock would cost
/// more than copying does. Belongs to one loop.
/// </summary>
/// <param name="frequency">Timestamps a second.</param>
internal sealed class CaptureBudget(long frequency)
{
    /// <summary>The part of its time that a loop spends at most.</summary>
    public const double Share = 0.03;

    private const double NanosecondsPerCopy = 60;
    private const double BytesPerNanosecond = 12;
    private const double Nanoseconds = 1e9;
    private const double Burst = Share * Nanoseconds;

    private double _left = Burst;
    private long _last = long.MinValue;

    /// <summary>Whether anything is left.</summary>
    /// <param name="timestamp">Now.</param>
    public bool HasLeft(long timestamp)
    {
        if (_last != long.MinValue && timestamp > _last)
        {
            _left = Math.Min(Burst, _left + (Share * Nanoseconds * (timestamp - _last) / frequency));
        }

        _last = Math.Max(_last, timestamp);
        return _left > 0;
    }

    /// <summary>Spends what copies take.</summary>
    public void Spend(int copies, long bytes) => _left -= (copies * NanosecondsPerCopy) + (bytes / BytesPerNanosecond);
}
