namespace Culvert.Stages;

/// <summary>An author's promise about a stage's options and behavior, shown by <c>culvert stages</c>.</summary>
public enum StageStability
{
    /// <summary>A pipeline.yaml that works keeps working with later minor versions of the plugin.</summary>
    Stable,

    /// <summary>Options and behavior may change, or the stage may disappear, with any version.</summary>
    Experimental,
}
