using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Endpoints.Flows;

/// <summary>Describes flows for <c>culvert status --flows</c>, in the keys of docs/reference/status.md.</summary>
public static class FlowText
{
    /// <summary>Describes a flow.</summary>
    /// <param name="key">The packets of the side that sent first. An unspecified destination means any.</param>
    /// <param name="direction">Their direction.</param>
    /// <param name="state">The state in a word.</param>
    /// <param name="left">How long the flow is known without another packet.</param>
    public static JsonObject Describe(in FlowKey key, Direction direction, string state, TimeSpan left) => new()
    {
        ["protocol"] = Name(key.Protocol),
        ["source"] = End(key.Source, key.SourcePort, key.Protocol),
        ["destination"] = key.Destination.Bits == 0 ? "any" : End(key.Destination, key.DestinationPort, key.Protocol),
        ["direction"] = direction == Direction.Outbound ? "outbound" : "inbound",
        ["state"] = state,
        ["seconds-left"] = Math.Max(0, (long)left.TotalSeconds),
    };

    private static string Name(IpProtocol protocol) => protocol switch
    {
        IpProtocol.Icmpv6 => "icmp6",
        _ when Enum.IsDefined(protocol) => protocol.ToString().ToLowerInvariant(),
        _ => ((byte)protocol).ToString(CultureInfo.InvariantCulture),
    };

    // The identifier of an echo is no port.
    private static string End(in IpAddressValue address, ushort port, IpProtocol protocol)
    {
        if (port == 0)
        {
            return address.ToString();
        }

        var isEcho = protocol is IpProtocol.Icmp or IpProtocol.Icmpv6;
        var number = port.ToString(CultureInfo.InvariantCulture);
        return isEcho ? $"{address} id {number}" : address.IsIpv4 ? $"{address}:{number}" : $"[{address}]:{number}";
    }
}
