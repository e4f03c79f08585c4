using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.Loader;

namespace Culvert.Engine.Plugins;

/// <summary>Finds the plugin whose code threw an exception that nobody caught.</summary>
internal static class PluginBlame
{
    /// <summary>The name of the first assembly on the stack that belongs to a plugin; null for none.</summary>
    [SuppressMessage("Trimming", "IL2026", Justification = "Where a method is not found the exception is reported without it.")]
    public static string? Of(Exception exception) =>
        Stack(exception).SelectMany(one => new StackTrace(one).GetFrames())
            .Select(frame => frame.GetMethod()?.DeclaringType?.Assembly).OfType<System.Reflection.Assembly>()
            .FirstOrDefault(assembly => AssemblyLoadContext.GetLoadContext(assembly) is { } context && context != AssemblyLoadContext.Default)
            ?.GetName().Name;

    // What was thrown first is the cause of what followed.
    private static IEnumerable<Exception> Stack(Exception exception)
    {
        if (exception is AggregateException several)
        {
            return several.InnerExceptions.SelectMany(Stack).Append(exception);
        }

        return exception.InnerException is { } inner ? Stack(inner).Append(exception) : [exception];
    }
}
