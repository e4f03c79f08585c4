using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Plugins;

/// <summary>Stages whose classes are at hand: for tests, and for programs that bring stages of their own. Immutable.</summary>
internal sealed class FixedStages : IStageCatalog
{
    private readonly Dictionary<string, StageType> _types;

    /// <summary>Initializes a catalog of these stages.</summary>
    public FixedStages(params IEnumerable<StageType> types) =>
        _types = types.ToDictionary(type => type.Name, StringComparer.Ordinal);

    /// <inheritdoc/>
    public IReadOnlyCollection<string> StageNames => _types.Keys;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Remarks => [];

    /// <inheritdoc/>
    public StageLookup Find(string stage, string? plugin) =>
        _types.TryGetValue(stage, out var type) ? StageLookup.Found(type) : StageLookup.Unknown(stage, StageNames);
}
