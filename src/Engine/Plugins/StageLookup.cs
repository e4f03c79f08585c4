using Culvert.Engine.Diagnostics;
using Culvert.Options;

namespace Culvert.Engine.Plugins;

/// <summary>A stage that was found, or the words that say why not.</summary>
internal sealed record StageLookup
{
    private StageLookup()
    {
    }

    /// <summary>The stage; null when it was not found.</summary>
    public StageType? Type { get; private init; }

    /// <summary>Why not: the kind of mistake.</summary>
    public DiagnosticCode? Code { get; private init; }

    /// <summary>Why not.</summary>
    public string Message { get; private init; } = "";

    /// <summary>The remedy.</summary>
    public string Remedy { get; private init; } = "";

    /// <summary>It was found.</summary>
    public static StageLookup Found(StageType type) => new() { Type = type };

    /// <summary>It was not found.</summary>
    public static StageLookup Failed(DiagnosticCode code, string message, string remedy) =>
        new() { Code = code, Message = message, Remedy = remedy };

    /// <summary>No stage has that name.</summary>
    public static StageLookup Unknown(string stage, IReadOnlyCollection<string> known) =>
        Failed(
            DiagnosticCodes.UnknownStage, $"there is no stage '{stage}'",
            known.Count == 0 ? "no plugin was found; name their folder under plugin-paths" : Suggestion.Remedy(stage, known, "the stages are"));
}
