namespace Culvert.Engine.Plugins;

/// <summary>The metadata of a plugin folder, read without loading code from it.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Stages">The stages that it offers; may be known even when the plugin cannot be used.</param>
/// <param name="References">The names of the assemblies that its DLL refers to.</param>
/// <param name="Problem">Why it cannot be used; null when it can.</param>
internal sealed record PluginInspection(
    PluginFolder Folder, IReadOnlyList<StageHeader> Stages, IReadOnlyList<string> References, PluginProblem? Problem)
{
    private readonly Lazy<PluginVersion> _version = new(() => PluginVersion.Of(Folder));

    /// <summary>The content of its files when it was first asked for.</summary>
    public PluginVersion Version => _version.Value;
}

/// <summary>Why a plugin cannot be used.</summary>
/// <param name="Message">What is wrong, after the plugin's name: <c>"its DLL is missing"</c>.</param>
/// <param name="Remedy">What to do, as an imperative.</param>
internal sealed record PluginProblem(string Message, string Remedy);
