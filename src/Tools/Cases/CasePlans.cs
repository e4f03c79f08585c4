using Culvert.Engine.Configuration;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Loading;
using Culvert.Engine.Planning;
using Culvert.Options;

namespace Culvert.Tools.Cases;

/// <summary>The plans of the pipelines that a test file names, each read once for the same overrides. Not thread-safe.</summary>
/// <param name="open">Makes the loader of a pipeline with the options that override its own.</param>
/// <param name="diagnostics">Where mistakes go.</param>
internal sealed class CasePlans(Func<FileNode?, PipelineLoader> open, DiagnosticBag diagnostics)
{
    private readonly Dictionary<(FileNode Pipeline, FileNode? Overrides), PipelinePlan?> _plans = [];

    /// <summary>Plans a pipeline.</summary>
    /// <param name="pipeline">Its path, or its mapping.</param>
    /// <param name="overrides">Options instead of its own; null for none.</param>
    /// <returns>Null when it is wrong, which was reported.</returns>
    public PipelinePlan? Find(FileNode pipeline, FileNode? overrides)
    {
        if (!_plans.TryGetValue((pipeline, overrides), out var plan))
        {
            plan = Load(pipeline, overrides);
            _plans.Add((pipeline, overrides), plan);
        }

        return plan;
    }

    private PipelinePlan? Load(FileNode pipeline, FileNode? overrides)
    {
        if (overrides is { FileEntries: null })
        {
            diagnostics.Add(DiagnosticCodes.WrongType, overrides.Position, $"'with' is {overrides.Describe()}", "write with: {STAGE: {KEY: VALUE}}");
            return null;
        }

        var loader = open(overrides);
        var loaded = pipeline.FileEntries is not null ? loader.Load(pipeline)
            : FilePath.TryRead(pipeline, out var path, out _) ? loader.Load(Beside(pipeline, path.Text))
            : null;
        if (loaded is null)
        {
            diagnostics.Add(
                DiagnosticCodes.WrongType, pipeline.Position, $"'pipeline' is {pipeline.Describe()}", "write the path of a pipeline file, or a mapping with its 'stages'");
        }

        diagnostics.AddRange(loaded?.Diagnostics ?? []);
        return loaded?.Plan;
    }

    // As short as the user wrote the test file's own path.
    private static string Beside(FileNode node, string path) =>
        Path.IsPathRooted(path) ? path : Path.Combine(Path.GetDirectoryName(node.Position.File) ?? "", path);
}
