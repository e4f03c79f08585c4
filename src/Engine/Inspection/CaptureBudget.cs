namespace Culvert.Engine.Inspection;

/// <summary>
/// Bounds what a capture costs a loop, in the loop's own time. What copying takes is estimated, not measured: reading the clock would cost
/// more than copying does. Belongs to one loop.
/// </summary>
/// <param name="frequency">Timestamps a second.</param>
/// <param name="sealedShare">The part of it that is for packets which may turn out not to match, 0 to 1.</param>
internal sealed class CaptureBudget(long frequency, double sealedShare = CaptureBudget.SealedShare)
{
    /// <summary>The part of its time that a loop spends at most.</summary>
    public const double Share = 0.03;

    /// <summary>The usual part of the budget for packets which may turn out not to match.</summary>
    public const double SealedShare = 0.1;

    private const double NanosecondsPerCopy = 60;
    private const double BytesPerNanosecond = 12;
    private const double Nanoseconds = 1e9;
    private const double Burst = Share * Nanoseconds;

    private double _left = Burst;
    private double _leftForSealed = Burst * sealedShare;
    private long _last = long.MinValue;

    /// <summary>
    /// Whether packets that may turn out not to match are copied, too. Only a part of the budget is for them: a busy tunnel would spend all of it
    /// on these.
    /// </summary>
    public bool HasLeftForSealed => _leftForSealed > 0;

    /// <summary>Whether anything is left.</summary>
    /// <param name="timestamp">Now.</param>
    public bool HasLeft(long timestamp)
    {
        if (_last != long.MinValue && timestamp > _last)
        {
            var more = Share * Nanoseconds * (timestamp - _last) / frequency;
            _left = Math.Min(Burst, _left + more);
            _leftForSealed = Math.Min(Burst * sealedShare, _leftForSealed + (more * sealedShare));
        }

        _last = Math.Max(_last, timestamp);
        return _left > 0;
    }

    /// <summary>Spends what copies take.</summary>
    public void Spend(int copies, long bytes, bool isSealed)
    {
        var cost = (copies * NanosecondsPerCopy) + (bytes / BytesPerNanosecond);
        _left -= cost;
        _leftForSealed -= isSealed ? cost : 0;
    }
}
