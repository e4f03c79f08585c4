using System.Diagnostics.CodeAnalysis;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;

namespace Culvert.Engine.Plugins;

/// <summary>
/// The plugins of this process: where they are looked for, and those that were loaded. Reading a pipeline.yaml again loads only what is new: a
/// plugin that <c>plugin-paths</c> names is loaded again when its files have changed, any other stays until the process ends. Not thread-safe.
/// </summary>
public sealed class PluginStore
{
    private readonly IReadOnlyList<PluginRoot> _roots;
    private readonly Dictionary<string, LoadedPlugin> _loaded = new(StringComparer.Ordinal);
    private readonly List<RetiredPlugin> _retired = [];

    /// <summary>Initializes a store.</summary>
    /// <param name="roots">Where to look, before what a file's <c>plugin-paths</c> adds.</param>
    internal PluginStore(params IReadOnlyList<PluginRoot> roots) => _roots = roots;

    /// <summary>The time limit of plugin code that reads, checks or describes.</summary>
    internal TimeSpan Limit { get; init; } = PluginGuard.Limit;

    /// <summary>The plugins that were replaced and whose old code is still there. Each is in use until the pipeline has left it.</summary>
    internal IReadOnlyList<RetiredPlugin> Retired => [.. _retired];

    /// <summary>The store of the folder <c>plugins</c> beside the program; empty when there is no such folder.</summary>
    public static PluginStore BesideProgram()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "plugins");
        return Directory.Exists(folder) ? new PluginStore(new PluginRoot(folder, new SourcePosition(folder))) : new PluginStore();
    }

    /// <summary>A store that looks in one folder.</summary>
    /// <param name="folder">A folder of plugin folders, one plugin folder, or a plugin's DLL.</param>
    public static PluginStore In(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var full = Path.GetFullPath(folder);
        return new PluginStore(new PluginRoot(full, new SourcePosition(full)));
    }

    /// <summary>Finds every plugin, without loading one.</summary>
    /// <param name="more">The roots that a file's <c>plugin-paths</c> names.</param>
    /// <param name="diagnostics">Roots that do not exist and folders that are ignored.</param>
    internal PluginCatalog Open(IReadOnlyList<PluginRoot> more, DiagnosticBag diagnostics)
    {
        PluginInspection[] plugins =
        [
            .. _roots.Concat(more).SelectMany(root => PluginFinder.Find(root, diagnostics))
                .DistinctBy(folder => folder.AssemblyPath).Select(PluginInspector.Inspect),
        ];
        return new PluginCatalog(this, plugins);
    }

    internal bool TryLoad(
        PluginInspection found, StageHeader stage, [NotNullWhen(true)] out StageType? type, [NotNullWhen(false)] out PluginProblem? problem)
    {
        if (_loaded.TryGetValue(found.Folder.AssemblyPath, out var plugin) && found.Folder.Root.IsReplaceable && plugin.Version != found.Version)
        {
            _loaded.Remove(found.Folder.AssemblyPath);
            _retired.Add(new RetiredPlugin(plugin));
            plugin = null;
        }

        if (plugin is null)
        {
            problem = ReferenceCheck.Check(found);
            if (problem is not null)
            {
                type = null;
                return false;
            }

            plugin = new LoadedPlugin(found);
            _loaded.Add(found.Folder.AssemblyPath, plugin);
        }

        return plugin.TryGet(stage, Limit, out type, out problem);
    }

    /// <summary>Whether other files than those that were loaded lie in a plugin's folder, and only a restart can load them.</summary>
    internal bool NeedsRestart(PluginInspection found) =>
        !found.Folder.Root.IsReplaceable && _loaded.TryGetValue(found.Folder.AssemblyPath, out var plugin) && plugin.Version != found.Version;

    /// <summary>Forgets the replaced plugins whose code the runtime has collected.</summary>
    /// <returns>Those.</returns>
    internal IReadOnlyList<RetiredPlugin> TakeCollected()
    {
        RetiredPlugin[] collected = [.. _retired.Where(plugin => !plugin.IsAlive)];
        _retired.RemoveAll(collected.Contains);
        return collected;
    }
}
