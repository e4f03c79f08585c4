using System.Text.Json.Nodes;
using Culvert.Tools.Views;

namespace Culvert.Host.Doctor.Running;

/// <summary>Packets that stages dropped, each reason with its remedy and the last packet.</summary>
internal sealed class DropCheck() : Check("drops")
{
    // What a restart, a reordered packet or a removed peer brings by itself.
    private static readonly HashSet<string> Usual = ["unknown-index", "key-expired", "peer-removed", "replayed"];

    private static readonly Dictionary<string, string> Remedies = new()
    {
        ["no-peer"] = "add the destination to the allowed-ips of the peer that has it, or remove it from 'routes'",
        ["no-endpoint"] = "set the peer's 'endpoint', or let the other end connect first (a keepalive there helps)",
        ["wrong-source"] = "add the source to the peer's allowed-ips, or find out what translates addresses (NAT) at the other end",
        ["handshake-timeout"] = "find out why the peer does not answer: see handshakes",
        ["queue-overflow"] = "find out why the peer does not answer: see handshakes",
        ["held-overflow"] = "find out why the peers do not answer: see handshakes",
        ["too-big"] = "let hosts use path MTU discovery, and put mss-clamp above encrypt for TCP",
        ["oversized"] = "write the same path-mtu at both ends: the other end sends larger datagrams",
        ["wrong-family"] = "write listen: \"[::]:PORT\", which serves both families",
        ["unreachable"] = "bring up a route to the endpoint",
        ["not-permitted"] = "let the firewall of this machine accept UDP to the endpoint",
        ["not-authentic"] = "find out what changes datagrams on the way, or who sends forged ones",
        ["malformed"] = "check what sends to this port: another protocol, or somebody who scans",
        ["bad-checksum"] = "find out what damages packets before they get here: 'culvert trace' shows them",
    };

    public override IEnumerable<Finding> Find(Site site) =>
        from one in site.Counters
        where one.Counter["drop"] is JsonValue drop && drop.GetValueKind() == System.Text.Json.JsonValueKind.True
            && Quantity.Number(one.Counter["value"]) > 0 && !Usual.Contains((string?)one.Counter["name"] ?? "")
        select Describe(one.Stage, one.Counter);

    private static Finding Describe(JsonObject stage, JsonObject counter)
    {
        var last = counter["last"] is JsonObject example ? $"; the last one: {example["packet"]}, {example["time"]}" : "";
        return new Finding(
            $"{stage["id"]} dropped {Quantity.Whole(Quantity.Number(counter["value"]))} {counter["unit"]} as {CounterView.Name(counter)}: {((string?)counter["description"])?.TrimEnd('.')}{last}",
            Remedies.GetValueOrDefault((string?)counter["name"] ?? "", "see the README of the stage; 'culvert trace' shows the next packets on their way"));
    }
}
