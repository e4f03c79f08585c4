using System.Text.Json.Nodes;
using Culvert.Tools.Views;

namespace Culvert.Host.Doctor.Running;

/// <summary>Peers whose path carries less than the plan.</summary>
internal sealed class PathCheck() : Check("path-mtu")
{
    public override IEnumerable<Finding> Find(Site site) =>
        from stage in site.Stages
        from peer in site.PeersOf(stage)
        let path = peer["path"] as JsonObject
        where path is not null && Quantity.Number(path["outbound-mtu"]) is > 0 and var mtu && mtu < Quantity.Number(stage["mtu"])
        select new Finding(
            $"the path to peer {PeerView.Read(peer).Name} carries less than the {stage["mtu"]} bytes of the plan: {path["verdict"]}",
            "nothing is needed where mss-clamp is above encrypt and hosts use path MTU discovery; else find the link that carries less, or lower path-mtu at both ends");
}
