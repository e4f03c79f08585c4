using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Plugins;

/// <summary>The source of a pipeline's stages.</summary>
internal interface IStageCatalog
{
    /// <summary>The names that <see cref="Find"/> knows.</summary>
    IReadOnlyCollection<string> StageNames { get; }

    /// <summary>The warnings of the catalog beside those of <see cref="Find"/>.</summary>
    IEnumerable<Diagnostic> Remarks { get; }

    /// <summary>Finds a stage and, when it comes from a plugin, loads that plugin.</summary>
    /// <param name="stage">The stage's name.</param>
    /// <param name="plugin">The plugin folder's name; null where any will do.</param>
    StageLookup Find(string stage, string? plugin);
}
