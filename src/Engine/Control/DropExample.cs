using System.Text.Json.Nodes;
using Culvert.Counters;
using Culvert.Endpoints.Flows;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Engine.Control;

/// <summary>One of the last packets that were dropped for a reason, in words: addresses, ports and length, nothing of its content.</summary>
internal static class DropExample
{
    /// <summary>Describes it.</summary>
    /// <returns>Null when there is none.</returns>
    public static JsonObject? Write(Counter counter) => counter.Last?.Get() is { } last
        ? new JsonObject
        {
            ["packet"] = $"{Words(last.Bytes, last.Endpoint)}, {last.Length} bytes",
            ["time"] = last.At.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss zzz", System.Globalization.CultureInfo.InvariantCulture),
        }
        : null;

    private static string Words(byte[] bytes, in DatagramEndpoint endpoint)
    {
        if (!IpView.TryParse(bytes, out var ip))
        {
            return endpoint.IsNone ? "no IP packet" : $"datagram of {endpoint}";
        }

        var flow = FlowText.Describe(FlowKey.Read(ip), Direction.Outbound, "", TimeSpan.Zero);
        return $"{flow["protocol"]} {flow["source"]} > {flow["destination"]}";
    }
}
