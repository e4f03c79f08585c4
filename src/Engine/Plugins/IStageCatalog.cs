using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Plugins;

/// <summary>Where the stages of a pipeline come from.</summary>
internal interface IStageCatalog
{
    /// <summary>The names that <see cref="Find"/> knows.</summary>
    IReadOnlyCollection<string> StageNames { get; }

    /// <summary>What a person should know of the catalog beside what <see cref="Find"/> has said so far; only warnings.</summary>
    IEnumerable<Diagnostic> Remarks { get; }

    /// <summary>Finds a stage and, when it comes from a plugin, loads that plugin.</summary>
    /// <param name="stage">The stage's name.</param>
    /// <param name="plugin">The plugin folder's name; null where any will do.</param>
    StageLookup Find(string stage, string? plugin);
}
