using System.Text.Json.Nodes;
using Culvert.Endpoints.Flows;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Plugins.StatefulFilter.Flows;

/// <summary>Lists the flows of a table for <c>culvert status --flows</c>.</summary>
internal static class FlowList
{
    /// <summary>Returns the wanted flows, those of fragments left out.</summary>
    public static IEnumerable<JsonObject> Of(SharedTable<FlowIdentity, Flow> table, TimeProvider time, Func<FlowKey, Direction, bool> isWanted)
    {
        var (flows, now) = (new List<JsonObject>(), time.GetTimestamp());
        table.Visit(now, flow =>
        {
            if (!flow.Key.IsFragments && flow.Key.ToKey(flow.Origin) is var key && isWanted(key, flow.Origin))
            {
                flows.Add(FlowText.Describe(key, flow.Origin, Word(flow.State), time.GetElapsedTime(now, flow.Until)));
            }
        });
        return flows;
    }

    private static string Word(FlowState state) => state switch
    {
        FlowState.OneWay => "one-way",
        FlowState.TwoWay => "two-way",
        _ => state.ToString().ToLowerInvariant(),
    };
}
