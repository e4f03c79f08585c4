using System.Text.Json.Nodes;

namespace Culvert.Stages;

/// <summary>A stage that has more to tell than counters (peers, a device's name): <c>culvert status</c> shows it.</summary>
public interface IStatusSource
{
    /// <summary>
    /// What there is to tell now, under kebab-case keys; never a secret. Called from any thread while packets flow; it must not block
    /// the data path. With several lanes only lane 0 is asked.
    /// </summary>
    JsonObject GetStatus();
}
