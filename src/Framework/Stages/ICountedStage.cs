using Culvert.Counters;

namespace Culvert.Stages;

/// <summary>
/// A stage whose counters are known before it is constructed, so that <c>culvert stages NAME</c> lists them with their sentences.
/// Implemented by the stage's class, beside the declaration in the constructor: declaring a counter twice returns the same one, so both
/// call the same code.
/// </summary>
public interface ICountedStage
{
    /// <summary>Declares every counter and drop reason that an instance may declare, whatever its options. Opens nothing.</summary>
    /// <param name="counters">An empty set.</param>
    static abstract void DeclareCounters(CounterSet counters);
}
