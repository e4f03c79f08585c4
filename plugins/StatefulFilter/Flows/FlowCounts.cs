using System.Text.Json.Nodes;
using Culvert.Endpoints.Flows;
using Culvert.Wire;

namespace Culvert.Plugins.StatefulFilter.Flows;

/// <summary>Counts the flows of a table for <c>culvert status</c>.</summary>
internal static class FlowCounts
{
    /// <summary>Returns the number of flows by protocol, of half-open ones, and of places.</summary>
    public static JsonObject Of(SharedTable<FlowIdentity, Flow> table, long now)
    {
        var (tcp, udp, icmp, other, halfOpen) = (0, 0, 0, 0, 0);
        table.Visit(now, flow =>
        {
            _ = flow.Key switch
            {
                { IsFragments: true } => other++,
                { Protocol: IpProtocol.Tcp } => tcp++,
                { Protocol: IpProtocol.Udp } => udp++,
                { Protocol: IpProtocol.Icmp } => icmp++,
                _ => other++,
            };
            halfOpen += flow.State is FlowState.Opening or FlowState.Answered or FlowState.OneWay ? 1 : 0;
        });
        return new JsonObject
        {
            ["flows"] = new JsonObject
            {
                ["tcp"] = tcp,
                ["udp"] = udp,
                ["icmp"] = icmp,
                ["other"] = other,
                ["half-open"] = halfOpen,
                ["capacity"] = table.Capacity,
            },
        };
    }
}
