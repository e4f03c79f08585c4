using System.Text.Json.Nodes;
using Culvert.Plugins.Encrypt.WireGuard.Probing;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>What is known of a peer's path, in words and for programs. Any thread: the numbers may be of different moments.</summary>
internal static class PathVerdict
{
    /// <summary>One sentence: what passes to the peer, what does not, what passes from it, and whether ICMP said anything.</summary>
    public static string Describe(PeerPath path)
    {
        if (path.Machine is not { } machine)
        {
            return $"packets of {path.Mtu} bytes are sent; the network endpoint does not allow probes";
        }

        var search = machine.Search;
        var to = search.State switch
        {
            PathState.Confirmed => $"packets of {path.Mtu} bytes pass to the peer",
            PathState.Fragmented => $"packets of {path.Mtu} bytes do not pass to the peer whole and may be fragmented",
            PathState.Reported => $"packets of {path.Mtu} bytes are sent, as an ICMP message asked",
            _ => $"packets of {path.Mtu} bytes are sent, not confirmed",
        };
        var failed = search.State == PathState.Confirmed && search.Failed is { } size ? $", {size} do not" : "";
        var from = machine.Carrier == ProbeCarrier.Messages ? $"; the peer sends {path.InboundMtu}" : "";
        var icmp = search.Reported is { } said ? $"; an ICMP message claimed {said}" : "; no ICMP came";
        return $"{to}{failed}{from}{icmp}{(machine.Carrier == ProbeCarrier.None ? "; no probe is answered" : "")}";
    }

    /// <summary>The part of <c>culvert status</c> about a path.</summary>
    public static JsonObject ToJson(PeerPath path) => new()
    {
        ["outbound-mtu"] = path.Mtu,
        ["inbound-mtu"] = path.InboundMtu,
        ["state"] = path.Machine?.Search.State.ToString().ToLowerInvariant() ?? "assumed",
        ["probes"] = path.Machine?.Carrier.ToString().ToLowerInvariant() ?? "off",
        ["does-not-pass"] = path.Machine?.Search.Failed,
        ["icmp-claimed"] = path.Machine?.Search.Reported,
        ["verdict"] = Describe(path),
    };
}
