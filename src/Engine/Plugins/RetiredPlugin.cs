namespace Culvert.Engine.Plugins;

/// <summary>A plugin that was replaced: its code stays until nothing refers to it any more.</summary>
internal sealed class RetiredPlugin
{
    private readonly WeakReference _code;
    private bool _reported;

    /// <summary>Asks the runtime to unload a plugin.</summary>
    public RetiredPlugin(LoadedPlugin plugin) => (Name, _code) = (plugin.Name, plugin.Unload());

    /// <summary>The folder's name.</summary>
    public string Name { get; }

    /// <summary>Whether something still refers to its code: objects, delegates, threads.</summary>
    public bool IsAlive => _code.IsAlive;

    /// <returns>True for the first call, so that it is reported once.</returns>
    public bool IsNews() => !_reported && (_reported = true);
}
