namespace Culvert.Stages;

/// <summary>
/// Names a stage's class for pipeline.yaml. The host reads it from the assembly's metadata, so that <c>culvert stages</c> lists a stage
/// without loading its code.
/// </summary>
/// <param name="name">Lower-case words joined by hyphens, at most 64 characters: <c>ttl-guard</c>.</param>
/// <param name="summary">One sentence for <c>culvert stages</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class StageAttribute(string name, string summary) : Attribute
{
    /// <summary>The name under which pipeline.yaml lists the stage.</summary>
    public string Name { get; } = name;

    /// <summary>One sentence for <c>culvert stages</c>.</summary>
    public string Summary { get; } = summary;

    /// <summary>
    /// Whether options and behavior may change, or the stage may disappear, with any version. Otherwise the stage is stable: a
    /// pipeline.yaml that works keeps working with later minor versions of the plugin. Shown by <c>culvert stages</c>.
    /// </summary>
    public bool IsExperimental { get; init; }

    /// <summary>
    /// The class that registers what the stage's constructor takes beside options and context; it implements
    /// <see cref="IStageServices"/>. Null for none.
    /// </summary>
    public Type? Services { get; init; }
}
