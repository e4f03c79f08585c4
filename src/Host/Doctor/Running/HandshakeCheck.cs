using System.Text.Json.Nodes;
using Culvert.Tools.Views;

namespace Culvert.Host.Doctor.Running;

/// <summary>Peers that do not answer, and the likeliest reason.</summary>
internal sealed class HandshakeCheck() : Check("handshakes")
{
    public override IEnumerable<Finding> Find(Site site) => site.Stages
        .SelectMany(stage => site.PeersOf(stage).Where(IsInTrouble).Select(peer => Describe(site, stage, peer)));

    private static bool IsInTrouble(JsonObject peer) => (string?)peer["state"] is "silent" or "refused"
        || ((string?)peer["state"] is "never" or "handshaking" && peer["last-failure"] is not null);

    private static Finding Describe(Site site, JsonObject stage, JsonObject peer)
    {
        var now = Quantity.Now(site.Status!);
        var since = Quantity.Time(peer["state-since"], now) is { } time ? $" since {time}" : "";
        var endpoint = peer["endpoint"] is { } known ? $" at {known}" : "";
        var failure = peer["last-failure"] is { } reason ? $": {reason}" : "";
        return new Finding(
            $"peer {PeerView.Read(peer).Name}{endpoint} is {(string?)peer["state"]}{since}{failure}", Remedy(site, stage, peer));
    }

    private static string Remedy(Site site, JsonObject stage, JsonObject peer)
    {
        if ((string?)peer["state"] == "refused")
        {
            return "leave the endpoint's address out of 'routes'; for all traffic write 'routes: [0.0.0.0/0]' with 'fwmark: 51820' at udp";
        }

        var ownKey = (stage["details"] as JsonObject)?["public-key"];
        if (site.Counter("refused") > 0)
        {
            return "start Culvert or WireGuard at the other end, or correct the port of 'endpoint': the address answers that the port is closed";
        }

        return peer["endpoint"] is null
            ? "set the peer's 'endpoint', or let the other end connect: its address is not known here"
            : $"check at the other end that it runs, that it has this end's public key {ownKey} and the same suite and preshared key, "
                + "that 'endpoint' has its address and port, and that no firewall on the way drops UDP";
    }
}
