using Culvert.Counters;
using Culvert.Engine.Configuration.Binding;
using Culvert.Options;
using Culvert.Stages;

namespace Culvert.Engine.Plugins;

/// <summary>
/// A stage that can be made: the static facts of its class behind ordinary members, with the options as <see cref="object"/>, so that
/// the engine handles every stage alike.
/// </summary>
internal abstract class StageType
{
    private protected StageType()
    {
    }

    /// <summary>The stage's name in pipeline.yaml.</summary>
    public abstract string Name { get; }

    /// <summary>One sentence.</summary>
    public abstract string Summary { get; }

    /// <summary>Whether the stage may change with any version of the plugin.</summary>
    public abstract bool IsExperimental { get; }

    /// <summary>The stage's class.</summary>
    public abstract Type StageClass { get; }

    /// <summary>The class of its options.</summary>
    public abstract Type OptionsType { get; }

    /// <summary>The keys of its options.</summary>
    public abstract OptionSchema Options { get; }

    /// <summary>Describes a stage whose class is at hand: for tests, and for programs that bring stages of their own.</summary>
    public static StageType Of<TStage, TOptions>()
        where TStage : class, IPacketStage, IStageDefinition<TOptions>
        where TOptions : class => new StageType<TStage, TOptions>();

    /// <summary>The stage's shape under these options.</summary>
    public abstract StageShape Shape(object options);

    /// <summary>Runs the stage's own rules.</summary>
    public abstract void Validate(object options, OptionsReport report);

    /// <summary>Runs the stage's rules about its place in the plan.</summary>
    public abstract void ValidatePlan(object options, StagePlan plan, OptionsReport report);

    /// <summary>Why an endpoint must close before it takes changed options; null where it takes them under traffic.</summary>
    public abstract string? WhyReopen(object running, object wanted);

    /// <summary>The options of both sites of a twin replay.</summary>
    public abstract (object A, object B) ForTwin(object options);

    /// <summary>The counters that the stage declares before it is constructed, none of them running; empty where it declares none.</summary>
    public abstract IReadOnlyList<Counter> DeclaredCounters();

    /// <summary>Constructs the stage for one lane.</summary>
    /// <param name="options">Of <see cref="OptionsType"/>, found valid.</param>
    /// <param name="context">The context of this instance.</param>
    /// <param name="services">Where its other constructor parameters come from.</param>
    /// <exception cref="StageStartException">The stage cannot start; any other exception is a bug of the stage.</exception>
    public abstract IPacketStage Create(object options, IStageContext context, IServiceProvider services);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
