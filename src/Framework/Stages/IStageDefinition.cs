using Culvert.Options;

namespace Culvert.Stages;

/// <summary>
/// The facts of a stage that the host needs before it constructs one. The stage's class implements it beside
/// <see cref="IPacketStage"/>; the host finds the class in the plugin's assembly by this interface. The constructor takes
/// <typeparamref name="TOptions"/>, <see cref="IStageContext"/> and any service of the host's container.
/// </summary>
/// <typeparam name="TOptions">A record with init-only properties, one for each key in pipeline.yaml.</typeparam>
public interface IStageDefinition<TOptions>
    where TOptions : class
{
    /// <summary>
    /// The stage's name in pipeline.yaml: lower case, words joined by hyphens. Write it as a plain literal,
    /// <c>public static string Name => "ttl-guard";</c>: the host reads it from the assembly without loading any code.
    /// </summary>
    static abstract string Name { get; }

    /// <summary>One sentence for <c>culvert stages</c>.</summary>
    static abstract string Summary { get; }

    /// <summary>The stage's shape under these options. Pure: no files, no system calls. Every required
    /// option has a value; where another one was wrong in the file, its default stands in.</summary>
    static abstract StageShape Shape(TOptions options);

    /// <summary>
    /// Rules that no single option can check: across options, or against files. Reports all that is wrong; opens nothing that
    /// outlives the call. The default has no rules.
    /// </summary>
    static virtual void Validate(TOptions options, OptionsReport report)
    {
    }

    /// <summary>
    /// Rules that depend on the stage's place in the MTU plan (a segment size that the path cannot carry). Called before anything is
    /// opened, once the order is right and <see cref="Validate"/> found no error. The default has no rules.
    /// </summary>
    static virtual void ValidatePlan(TOptions options, StagePlan plan, OptionsReport report)
    {
    }

    /// <summary>
    /// The options of one of the two sites that <c>culvert replay --twin</c> makes of one file, in one process and without a network.
    /// A stage whose two ends differ (keys, names) gives each its own, the same each time; nothing outside the process may be opened.
    /// The default gives both sites the file's options.
    /// </summary>
    /// <param name="options">The file's options, found valid.</param>
    /// <param name="site">Which site.</param>
    static virtual TOptions ForTwin(TOptions options, TwinSite site) => options;
}
