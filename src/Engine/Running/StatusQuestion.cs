using System.Text.Json.Nodes;
using Culvert.Engine.Guarding;

namespace Culvert.Engine.Running;

/// <summary>
/// Asks a stage for its status within a time limit. While an answer is late the stage is not polled, so that a stage which never answers costs one thread.
/// Thread-safe.
/// </summary>
internal sealed class StatusQuestion(StageUnit unit)
{
    private PluginException? _late;

    /// <summary>The stage's answer, or what is wrong with it; null where the stage has no status.</summary>
    /// <param name="limit">The longest that it may take.</param>
    public JsonObject? Ask(TimeSpan limit)
    {
        if (Volatile.Read(ref _late) is { } before)
        {
            return Problem(before);
        }

        try
        {
            return PluginGuard.Within(limit, Answer);
        }
        catch (PluginException error)
        {
            if (error.IsLate)
            {
                Volatile.Write(ref _late, error);
            }

            return Problem(error);
        }
    }

    private JsonObject? Answer()
    {
        try
        {
            return StageCalls.StatusOf(unit.Nodes[0].Stage);
        }
        finally
        {
            // A stage that was late may be polled again.
            Volatile.Write(ref _late, null);
        }
    }

    private static JsonObject Problem(PluginException error) => new() { ["error"] = error.Message };
}
