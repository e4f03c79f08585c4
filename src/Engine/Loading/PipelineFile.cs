using Culvert.Engine.Configuration;
using Culvert.Engine.Planning;

namespace Culvert.Engine.Loading;

/// <summary>A pipeline.yaml that was read without an error. Immutable.</summary>
internal sealed record PipelineFile
{
    /// <summary>The path as the user wrote it.</summary>
    public required string Path { get; init; }

    /// <summary>The keys beside <c>stages</c>.</summary>
    public PipelineSettings Settings { get; init; } = new();

    /// <summary>The enabled entries from the host's side to the network's side.</summary>
    public required IReadOnlyList<StageEntry> Stages { get; init; }
}
