using System.Text.Json.Nodes;

namespace Culvert.Stages;

/// <summary>A stage with more status than counters (peers, a device's name), which <c>culvert status</c> shows.</summary>
public interface IStatusSource
{
    /// <summary>
    /// Returns the current details under kebab-case keys; never a secret. Called from any thread while packets flow; it must not block
    /// the data path. With several lanes only lane 0 is asked.
    /// </summary>
    JsonObject GetStatus();
}
