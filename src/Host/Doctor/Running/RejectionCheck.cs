using Culvert.Tools.Views;

namespace Culvert.Host.Doctor.Running;

/// <summary>Handshake messages that this end refused: what they say about the other end.</summary>
internal sealed class RejectionCheck() : Check("rejections")
{
    public override IEnumerable<Finding> Find(Site site) =>
        from one in site.Counters
        where (string?)one.Counter["name"] == "handshakes-rejected" && Quantity.Number(one.Counter["value"]) > 0
        let remedy = Remedy((string?)one.Counter["tags"]?["reason"], (string?)(one.Stage["details"] as System.Text.Json.Nodes.JsonObject)?["public-key"])
        where remedy is not null
        select new Finding($"{((string?)one.Counter["description"])?.TrimEnd('.')}; {Quantity.Count((long)Quantity.Number(one.Counter["value"]), "message")} so far", remedy);

    // Reasons that an attacker or a lost packet explains as well are left out.
    private static string? Remedy(string? reason, string? ownKey) => reason switch
    {
        "mac1" => $"write this end's public key at the other end: public-key: {ownKey}",
        "unknown-peer" => "add the caller to 'peers' with its public key; the log has the beginning of it",
        "invalid" => "compare suite and preshared key of both ends",
        "replayed" => "set the clock of the other end: it went back",
        _ => null,
    };
}
