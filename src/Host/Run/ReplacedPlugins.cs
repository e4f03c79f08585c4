using Culvert.Engine.Plugins;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>Reports, after a reload, whether the old code of replaced plugins was unloaded, or what may keep it.</summary>
internal static class ReplacedPlugins
{
    private const int Rounds = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Has the runtime collect the code, which takes more than one round, and reports. Blocks for a second at most; packets flow.</summary>
    /// <param name="plugins">The plugins of the program.</param>
    /// <param name="logger">The log.</param>
    public static void Report(PluginStore plugins, ILogger logger)
    {
        for (var round = 0; round < Rounds && plugins.Retired.Count != 0; round++)
        {
            // Not waiting for finalizers: they are the plugin's code, too.
            GC.Collect();
            Thread.Sleep(Pause);
            foreach (var plugin in plugins.TakeCollected())
            {
                RunLog.PluginUnloaded(logger, plugin.Name);
            }
        }

        foreach (var plugin in plugins.Retired.Where(plugin => plugin.IsNews()))
        {
            RunLog.PluginStays(logger, plugin.Name, Suspects());
        }
    }

    private static string Suspects() => ForeignThreads.Names() is { Count: > 0 } threads
        ? $"most likely it is in use by its own threads that still run: {string.Join(", ", threads)}"
        : "something refers to it that its stages did not give up in Dispose: a thread, a timer, a handler of an event, or a stage that was left behind";
}
