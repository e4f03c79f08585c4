using System.Text.Json.Nodes;
using Culvert.Tools.Views;

namespace Culvert.Host.Doctor.Running;

/// <summary>Traffic that goes only one way.</summary>
internal sealed class OneWayCheck() : Check("one-way")
{
    // Fewer packets may wait for their answers.
    private const int Enough = 10;

    public override IEnumerable<Finding> Find(Site site)
    {
        var (sealedPackets, opened) = (site.Counter("sealed"), site.Counter("opened"));
        if (sealedPackets >= Enough && opened == 0 && site.Counter("handshakes-completed") > 0)
        {
            yield return new Finding(
                $"{Quantity.Whole(sealedPackets)} packets went to the peers, and none came back, although handshakes are completed",
                "check at the other end: allowed-ips must have this end's addresses and networks, its hosts need a route back, IP forwarding must be on, and no firewall may drop what is forwarded");
        }
        else if (opened >= Enough && sealedPackets == 0)
        {
            yield return new Finding(
                $"{Quantity.Whole(opened)} packets came from the peers, and none went back",
                "check here that the hosts behind this end have a route back through this machine, that IP forwarding is on, and that the peers' networks are in 'routes'");
        }

        foreach (var peer in site.Stages.SelectMany(site.PeersOf).Where(IsDeaf))
        {
            yield return new Finding(
                $"peer {PeerView.Read(peer).Name} was sent {Quantity.Size(Quantity.Number(peer["sent-bytes"]))}, and nothing came from it",
                $"check that {peer["endpoint"] ?? "its address"} is the peer's, that it runs, and that no firewall drops UDP on the way back");
        }
    }

    private static bool IsDeaf(JsonObject peer) => Quantity.Number(peer["received-bytes"]) == 0 && Quantity.Number(peer["sent-bytes"]) > 0
        && (string?)peer["state"] is not ("handshaking" or "silent" or "refused");
}
