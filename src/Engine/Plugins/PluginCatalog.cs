using Culvert.Engine.Diagnostics;
using Culvert.Options;

namespace Culvert.Engine.Plugins;

/// <summary>The plugins that were found, by their metadata. A plugin is loaded when one of its stages is requested.</summary>
internal sealed class PluginCatalog : IStageCatalog
{
    private readonly PluginStore _store;
    private readonly HashSet<PluginFolder> _blamed = [];

    internal PluginCatalog(PluginStore store, IReadOnlyList<PluginInspection> plugins)
    {
        _store = store;
        Plugins = plugins;
        StageNames = [.. Usable.Select(pair => pair.Stage.Name).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Every folder that was found, those that cannot be used included.</summary>
    public IReadOnlyList<PluginInspection> Plugins { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> StageNames { get; }

    /// <summary>The stages that can be used on this system, with their plugins.</summary>
    public IEnumerable<(PluginInspection Plugin, StageHeader Stage)> Usable =>
        from plugin in Plugins
        where plugin.Problem is null
        from stage in plugin.Stages
        where stage.FitsThisSystem
        select (plugin, stage);

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Remarks
    {
        get
        {
            foreach (var plugin in Plugins)
            {
                var (folder, _, _, problem) = plugin;
                if (_store.NeedsRestart(plugin))
                {
                    yield return new Diagnostic(
                        DiagnosticCodes.PluginChanged, folder.Root.Position,
                        $"the files of the plugin '{folder.Name}' have changed since it was loaded; the loaded version stays in use",
                        "restart the program to load the new version");
                }

                if (problem is not null && !_blamed.Contains(folder))
                {
                    yield return new Diagnostic(
                        DiagnosticCodes.PluginIgnored, folder.Root.Position,
                        $"the plugin folder '{folder.Name}' is ignored: {problem.Message}", problem.Remedy);
                }
            }
        }
    }

    /// <inheritdoc/>
    public StageLookup Find(string stage, string? plugin)
    {
        if (plugin is not null && !Plugins.Any(candidate => candidate.Folder.Name == plugin))
        {
            string[] names = [.. Plugins.Select(candidate => candidate.Folder.Name).Distinct()];
            return StageLookup.Failed(
                DiagnosticCodes.UnknownPlugin, $"there is no plugin folder '{plugin}'", Suggestion.Remedy(plugin, names, "the plugins are"));
        }

        var usable = Usable.Where(pair => pair.Stage.Name == stage && (plugin is null || pair.Plugin.Folder.Name == plugin)).ToArray();
        return usable switch
        {
            [var only] => Load(only.Plugin, only.Stage),
            [] => Explain(stage, plugin),
            _ => Ambiguous(stage, [.. usable.Select(pair => pair.Plugin.Folder)]),
        };
    }

    /// <summary>Loads a stage that was found.</summary>
    public StageLookup Load(PluginInspection plugin, StageHeader stage)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        ArgumentNullException.ThrowIfNull(stage);
        return _store.TryLoad(plugin, stage, out var type, out var problem)
            ? StageLookup.Found(type)
            : Unusable(plugin.Folder, problem);
    }

    private StageLookup Unusable(PluginFolder folder, PluginProblem problem)
    {
        _blamed.Add(folder);
        return StageLookup.Failed(
            DiagnosticCodes.PluginUnusable, $"the plugin '{folder.Name}' cannot be used: {problem.Message}", problem.Remedy);
    }

    private static StageLookup Ambiguous(string stage, PluginFolder[] folders)
    {
        string[] names = [.. folders.Select(folder => folder.Name).Distinct()];
        if (names.Length == folders.Length)
        {
            return StageLookup.Failed(
                DiagnosticCodes.AmbiguousStage, $"the plugins {string.Join(" and ", names)} all offer a stage '{stage}'",
                $"say which one: {string.Join(" or ", names.Select(name => $"plugin: {name}"))}");
        }

        var paths = string.Join(" and ", folders.Select(folder => Path.GetDirectoryName(folder.AssemblyPath)));
        return StageLookup.Failed(
            DiagnosticCodes.AmbiguousStage, $"the stage '{stage}' is in two plugin folders of one name, {paths}", "rename or remove one of them");
    }

    // Nothing usable has that name: a plugin that cannot be used may be what was meant.
    private StageLookup Explain(string stage, string? plugin)
    {
        var named = Plugins.Where(candidate => plugin is null || candidate.Folder.Name == plugin).ToArray();
        var broken = named.FirstOrDefault(candidate =>
            candidate.Problem is not null && (plugin is not null || candidate.Stages.Any(header => header.Name == stage)));
        if (broken is not null)
        {
            return Unusable(broken.Folder, broken.Problem!);
        }

        var foreign = named.SelectMany(candidate => candidate.Stages.Select(header => (candidate, header)))
            .FirstOrDefault(pair => pair.header.Name == stage);
        if (foreign.header is not null)
        {
            return StageLookup.Failed(
                DiagnosticCodes.OtherSystem,
                $"the stage '{stage}' of the plugin '{foreign.candidate.Folder.Name}' is for {string.Join(" and ", foreign.header.Systems)}",
                "use a stage that this system has; 'culvert stages' lists them");
        }

        if (plugin is not null)
        {
            var offered = string.Join(", ", named.SelectMany(candidate => candidate.Stages).Select(header => header.Name));
            return StageLookup.Failed(
                DiagnosticCodes.UnknownStage, $"the plugin '{plugin}' has no stage '{stage}'", $"its stages are {offered}");
        }

        return StageLookup.Unknown(stage, StageNames);
    }
}
