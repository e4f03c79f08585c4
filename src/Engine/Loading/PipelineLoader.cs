using Culvert.Endpoints.Files;
using Culvert.Engine.Configuration;
using Culvert.Engine.Configuration.Binding;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;
using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
using Culvert.Stages;

namespace Culvert.Engine.Loading;

/// <summary>
/// Reads a pipeline.yaml and plans it, opening nothing. The flow:
/// 1. text and YAML; 2. the file's own keys; 3. each entry's own keys and its id; 4. each entry's stage, found and loaded;
/// 5. each entry's options, and the stage's rules about them; 6. the plan.
/// Every step reports all it finds and the next one continues with the rest, so that all errors are reported at once.
/// Not thread-safe.
/// </summary>
public sealed class PipelineLoader
{
    private static readonly OptionSchema FileSchema = OptionSchema.Of(typeof(PipelineSettings));

    private readonly Func<IReadOnlyList<PluginRoot>, DiagnosticBag, IStageCatalog> _open;

    /// <summary>Initializes a loader that takes stages from a catalog alone: <c>plugin-paths</c> adds nothing.</summary>
    internal PipelineLoader(IStageCatalog catalog) => _open = (_, _) => catalog;

    /// <summary>Initializes a loader that takes stages from plugins. A plugin is loaded once, however many files are read.</summary>
    /// <param name="plugins">The folders that are searched beside those in <c>plugin-paths</c>.</param>
    public PipelineLoader(PluginStore plugins) => (_open, Limit) = (plugins.Open, plugins.Limit);

    /// <summary>The time limit of one stage's code at each step.</summary>
    internal TimeSpan Limit { get; init; } = PluginGuard.Limit;

    /// <summary>Options instead of the file's: a mapping of entries' ids to keys; null for none.</summary>
    internal FileNode? Overrides { get; init; }

    /// <summary>
    /// Whether the rules of stages that do more than pass IP packets on are left out: a test runs without them, and has neither their keys nor
    /// their files.
    /// </summary>
    internal bool IsDry { get; init; }

    /// <summary>Reads and plans a file.</summary>
    /// <param name="path">Diagnostics print it as given.</param>
    public LoadedPipeline Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var diagnostics = new DiagnosticBag();
        if (FileText.Read(path, diagnostics) is not { } text)
        {
            return new LoadedPipeline(null, null, diagnostics.ToList());
        }

        if (FileTrust.Find(path) is { } problem)
        {
            diagnostics.Add(DiagnosticCodes.FileOpenToOthers, new SourcePosition(path), problem.Message, problem.Remedy);
            return new LoadedPipeline(null, null, diagnostics.ToList());
        }

        return Load(text, new FileOrigin(path, Path.GetDirectoryName(Path.GetFullPath(path))!), diagnostics);
    }

    /// <summary>Plans a pipeline that lies in another file.</summary>
    internal LoadedPipeline Load(FileNode root)
    {
        ArgumentNullException.ThrowIfNull(root);
        return Load(found => Read(root, root.Origin, found), root.Origin, new DiagnosticBag());
    }

    /// <summary>Reads the keys beside <c>stages</c> and loads no plugin, so that what a running pipeline's file says is known although it has mistakes now.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Null when the file cannot be read as YAML; keys with mistakes have their defaults.</returns>
    internal static PipelineSettings? ReadSettings(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var diagnostics = new DiagnosticBag();
        return FileText.Read(path, diagnostics) is { } text
            && YamlReader.Read(text, new FileOrigin(path, Path.GetDirectoryName(Path.GetFullPath(path))!), diagnostics) is { FileEntries: not null } root
            ? (PipelineSettings)FileSchema.Bind(root, new KeyPlace("", null), diagnostics, [EntryReader.StagesKey]).Options
            : null;
    }

    /// <summary>Reads and plans a text.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="displayPath">What diagnostics call it.</param>
    /// <param name="baseDirectory">The absolute folder that relative paths in it count from.</param>
    public LoadedPipeline LoadText(string text, string displayPath, string baseDirectory) =>
        Load(text, new FileOrigin(displayPath, baseDirectory), new DiagnosticBag());

    private LoadedPipeline Load(string text, FileOrigin origin, DiagnosticBag diagnostics) =>
        Load(found => YamlReader.Read(text, origin, found) is { } root ? Read(root, origin, found) : default, origin, diagnostics);

    private static LoadedPipeline Load(Func<DiagnosticBag, (PipelineFile?, PipelinePlan?)> read, FileOrigin origin, DiagnosticBag diagnostics)
    {
        var (file, plan) = Guarded(read, origin, diagnostics);
        var valid = !diagnostics.HasErrors;
        return new LoadedPipeline(valid ? file : null, valid ? plan : null, diagnostics.ToList());
    }

    // The last resort: what reading throws, in a plugin's code most likely, must not end a pipeline that runs and is asked to reload.
    private static (PipelineFile? File, PipelinePlan? Plan) Guarded(
        Func<DiagnosticBag, (PipelineFile?, PipelinePlan?)> read, FileOrigin origin, DiagnosticBag diagnostics)
    {
        try
        {
            return read(diagnostics);
        }
        catch (Exception exception)
        {
            diagnostics.Add(
                DiagnosticCodes.StageMistake, new SourcePosition(origin.DisplayPath),
                $"the file cannot be read: a plugin or the program itself failed with {PluginException.Describe(exception)}", ForeignCode.Remedy);
            return default;
        }
    }

    private (PipelineFile? File, PipelinePlan? Plan) Read(FileNode root, FileOrigin origin, DiagnosticBag diagnostics)
    {
        if (root.FileEntries is null)
        {
            diagnostics.Add(
                DiagnosticCodes.WrongType, root.Position, $"the file is {root.Describe()}", "begin with the key 'stages:' and list the stages under it");
            return default;
        }

        var settings = (PipelineSettings)FileSchema.Bind(root, new KeyPlace("", null), diagnostics, [EntryReader.StagesKey]).Options;
        if (EntryReader.Read(root, diagnostics) is not { } entries)
        {
            return default;
        }

        EntryIds.Assign(entries, diagnostics);
        OptionOverrides.Apply(Overrides, entries, diagnostics);
        var catalog = _open(PluginTrust.Trusted(PluginRoots(root, settings), diagnostics), diagnostics);
        EntryDraft[] enabled = [.. entries.Where(entry => entry.Keys.Enabled)];
        foreach (var entry in enabled)
        {
            Resolve(entry, catalog, diagnostics);
            entry.Candidate = CandidateDraft.Of(entry, diagnostics);
            if (entry.Candidate is { } candidate)
            {
                Resolve(candidate, catalog, diagnostics);
            }
        }

        diagnostics.AddRange(catalog.Remarks);
        var complete = entries.Count == root.Find(EntryReader.StagesKey)!.Value.FileItems!.Count;
        var file = complete ? ToFile(origin, settings, enabled) : null;
        return (file, file is null ? null : Plan(file, enabled, root, diagnostics));
    }

    private static PluginRoot[] PluginRoots(FileNode root, PipelineSettings settings)
    {
        var nodes = root.Find("plugin-paths")?.Value.FileItems ?? [];
        return [.. settings.PluginPaths.Select((path, i) => new PluginRoot(path.Full, nodes[i].Position, IsReplaceable: true))];
    }

    private void Resolve(EntryDraft entry, IStageCatalog catalog, DiagnosticBag diagnostics)
    {
        FindStage(entry, catalog, diagnostics);
        BindOptions(entry, diagnostics);
    }

    private static void FindStage(EntryDraft entry, IStageCatalog catalog, DiagnosticBag diagnostics)
    {
        var found = catalog.Find(entry.Keys.Stage, entry.Keys.Plugin);
        entry.Type = found.Type;
        if (found.Code is { } code)
        {
            var key = code == DiagnosticCodes.UnknownPlugin ? "plugin" : "stage";
            diagnostics.Add(code, entry.PositionOf(key), found.Message, found.Remedy);
        }
    }

    private void BindOptions(EntryDraft entry, DiagnosticBag diagnostics)
    {
        if (entry.Type is not { } type)
        {
            return;
        }

        entry.Node = ListFolder.Merge(entry.Node, type.Options, diagnostics);
        if (Guard(entry.Id, entry.Node, diagnostics, found =>
            type.Options.Bind(entry.Node, new KeyPlace("", null), found, entry.CommonKeys, entry.Id)) is not { } bound)
        {
            return;
        }

        entry.Options = bound.IsComplete ? bound.Options : null;
        if (bound.IsValid)
        {
            Guard(entry.Id, entry.Node, diagnostics, found =>
            {
                if (!IsDry || IsJudged(type.Shape(bound.Options)))
                {
                    type.Validate(bound.Options, new StageReport(entry.Node, entry.Id, found));
                }
            });
        }
    }

    private static PipelineFile? ToFile(FileOrigin origin, PipelineSettings settings, EntryDraft[] entries)
    {
        if (!Array.TrueForAll(entries, entry => IsReady(entry) && (entry.Candidate is null || IsReady(entry.Candidate))))
        {
            return null;
        }

        var stages = entries.Select(entry => ToEntry(entry, entry.Id) with { Shadow = ShadowOf(entry) });
        return new PipelineFile { Path = origin.DisplayPath, Settings = settings, Stages = [.. stages] };
    }

    private static bool IsReady(EntryDraft entry) => entry is { Type: not null, Options: not null };

    private static StageEntry ToEntry(EntryDraft entry, string id) => new()
    {
        Id = id,
        Type = entry.Type!,
        Options = entry.Options!,
        Position = entry.Node.Position,
        OnFault = entry.Keys.OnFault,
        When = entry.Keys.When,
    };

    private static ShadowEntry? ShadowOf(EntryDraft entry) => entry is { Candidate: { } candidate, Keys.Shadow: { } keys }
        ? new ShadowEntry { Candidate = ToEntry(candidate, entry.Id), Plugin = candidate.Keys.Plugin, Sample = keys.Sample, Budget = keys.Budget }
        : null;

    private PipelinePlan? Plan(PipelineFile file, EntryDraft[] entries, FileNode root, DiagnosticBag diagnostics)
    {
        // Where a value in the file is wrong the stage sees a default in its place, and is not to blame for what it throws.
        var blame = diagnostics.HasErrors ? new DiagnosticBag() : diagnostics;
        List<PlacedShape> shapes = [];
        foreach (var (stage, entry) in file.Stages.Zip(entries))
        {
            if (Guard(stage.Id, entry.Node, blame, found => ShapeOf(stage, found)) is { } shape)
            {
                var candidate = stage.Shadow is { Candidate: var other } ? Guard(entry.Candidate!.Id, entry.Candidate.Node, blame, found => ShapeOf(other, found)) : null;
                shapes.Add(new PlacedShape(stage.Id, shape, stage.Position) { Candidate = candidate });
            }
        }

        if (shapes.Count < entries.Length || file.Stages.Zip(shapes).Any(pair => pair.First.Shadow is not null && pair.Second.Candidate is null))
        {
            return null;
        }

        var result = PipelinePlanner.Plan(file.Stages, shapes, root.Find(EntryReader.StagesKey)!.Position);
        diagnostics.AddRange(result.Diagnostics);
        if (result.IsValid && !diagnostics.HasErrors)
        {
            foreach (var (stage, entry) in result.Plan.Stages.Zip(entries).Where(pair => IsJudged(pair.First.Shape)))
            {
                JudgePlace(stage.Entry, entry, stage.Place, diagnostics);
                if (stage.Entry.Shadow is { } shadow)
                {
                    JudgePlace(shadow.Candidate, entry.Candidate!, stage.Place, diagnostics);
                }
            }
        }

        return result.Plan;
    }

    private void JudgePlace(StageEntry stage, EntryDraft entry, StagePlan place, DiagnosticBag diagnostics) => Guard(entry.Id, entry.Node, diagnostics, found =>
        stage.Type.ValidatePlan(stage.Options, place, new StageReport(entry.Node, entry.Id, found)));

    private bool IsJudged(StageShape shape) => !IsDry || (shape.Above == PacketKind.Ip && shape.Below == PacketKind.Ip);

    private static StageShape? ShapeOf(StageEntry stage, DiagnosticBag diagnostics)
    {
        var shape = stage.Type.Shape(stage.Options);
        string[] mistakes = [.. ShapeCheck.Check(shape, stage.Type.StageClass)];
        foreach (var mistake in mistakes)
        {
            diagnostics.Add(DiagnosticCodes.StageMistake, stage.Position, $"the shape of '{stage.Id}' is not valid: {mistake}", ForeignCode.Remedy);
        }

        return mistakes.Length == 0 ? shape : null;
    }

    private void Guard(string id, FileNode entry, DiagnosticBag diagnostics, Action<DiagnosticBag> rules) => Guard(id, entry, diagnostics, found =>
    {
        rules(found);
        return true;
    });

    // Stages are other people's code: their exceptions are reported to the user like any other error. What a step finds goes to a bag of its own
    // first, which code that comes too late may still write to.
    private T? Guard<T>(string id, FileNode entry, DiagnosticBag diagnostics, Func<DiagnosticBag, T> rules)
    {
        try
        {
            var found = new DiagnosticBag();
            var result = PluginGuard.Within(Limit, () => rules(found));
            diagnostics.AddRange(found.ToList());
            return result;
        }
        catch (Exception exception)
        {
            var what = exception is PluginException ? exception.Message : $"its options cannot be read: {ForeignCode.Describe(exception)}";
            diagnostics.Add(DiagnosticCodes.StageMistake, entry.Position, $"'{id}': {what}", ForeignCode.Remedy);
            return default;
        }
    }
}
