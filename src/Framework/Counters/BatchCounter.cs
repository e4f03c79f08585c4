using System.Runtime.CompilerServices;

namespace Culvert.Counters;

/// <summary>
/// One thread's share of a <see cref="Counter"/>, for what counts every packet: an increment is a plain addition, and
/// <see cref="Publish"/>, once a batch, adds up what came together. Not thread-safe: each direction of a stage has its own.
/// </summary>
/// <param name="counter">The counter that is published.</param>
public sealed class BatchCounter(Counter counter)
{
    private long _pending;

    /// <summary>Adds one, not yet published.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Increment() => _pending++;

    /// <summary>Publishes what was added since the last call; free when nothing was.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Publish()
    {
        if (_pending != 0)
        {
            counter.Add(_pending);
            _pending = 0;
        }
    }
}
