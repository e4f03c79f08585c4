using Culvert.Counters;
using Culvert.Options;

namespace Culvert.Stages;

/// <summary>
/// The facts of a stage that depend on its options, asked for before the stage is constructed. The stage's class implements it beside
/// <see cref="IPacketStage"/> and has a <see cref="StageAttribute"/>; the host finds the class in the plugin's assembly by this interface.
/// The constructor takes <typeparamref name="TOptions"/>, an <see cref="IStageContext"/> (an endpoint: <see cref="IEndpointContext"/>) and
/// any service that the plugin registers (<see cref="IStageServices"/>).
/// </summary>
/// <typeparam name="TOptions">A record with init-only properties, one for each key in pipeline.yaml.</typeparam>
public interface IStageDefinition<TOptions>
    where TOptions : class
{
    /// <summary>
    /// Returns the stage's shape under these options. Pure: no files, no system calls. Every required option has a value; where another
    /// one was wrong in the file, its default is used instead.
    /// </summary>
    static abstract StageShape Shape(TOptions options);

    /// <summary>
    /// Declares every counter and drop reason that an instance may declare, whatever its options, so that <c>culvert stages NAME</c> lists
    /// them with their sentences. Opens nothing. Declaring a counter twice returns the same one, so this and the constructor call the
    /// same code. The default is for a stage without counters.
    /// </summary>
    /// <param name="counters">An empty set.</param>
    static virtual void DeclareCounters(CounterSet counters)
    {
    }

    /// <summary>
    /// Checks rules that no single option can check: across options, or against files. Reports all that is wrong; opens nothing that
    /// outlives the call. The default has no rules.
    /// </summary>
    static virtual void Validate(TOptions options, OptionsReport report)
    {
    }

    /// <summary>
    /// Checks rules that depend on the stage's place in the plan (a segment size that the path cannot carry). Called before anything is
    /// opened, once the order is right and <see cref="Validate"/> found no error. The default has no rules.
    /// </summary>
    static virtual void ValidatePlan(TOptions options, StagePlan plan, OptionsReport report)
    {
    }
}
