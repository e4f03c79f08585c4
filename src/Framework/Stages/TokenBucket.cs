namespace Culvert.Stages;

/// <summary>Bounds a rate: so many at once, refilled evenly. Not thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="capacity">How many at once, and a second.</param>
public sealed class TokenBucket(TimeProvider time, int capacity)
{
    private double _tokens = capacity;
    private long _refilled = time.GetTimestamp();

    /// <summary>Takes one; false when there is none.</summary>
    public bool TryTake()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(capacity, _tokens + (time.GetElapsedTime(_refilled, now).TotalSeconds * capacity));
        _refilled = now;
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }
}
