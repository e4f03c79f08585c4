using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Tools.Views;

namespace Culvert.Host.Output;

/// <summary>Which peers of a status are shown.</summary>
internal enum PeerChoice
{
    /// <summary>Those in trouble, then those with the most traffic.</summary>
    Top,

    /// <summary>All of them.</summary>
    All,

    /// <summary>Only how many there are in each state.</summary>
    None,
}

/// <summary>The options <c>--peers top|all|none</c> and <c>--peer NAME</c>, and what they choose.</summary>
/// <param name="Choice">Which ones.</param>
/// <param name="Only">The name, or the beginning of the public key, of the only ones; null for no restriction.</param>
internal sealed record ShownPeers(PeerChoice Choice = PeerChoice.Top, string? Only = null)
{
    public static Option<PeerChoice> CreateOption() => OptionValues.Words(
        "--peers", $"Which peers to show: top (the default: those in trouble, then those with the most traffic; at most {PeersView.MaxTop}), all or none.",
        PeerChoice.Top, PeerChoice.All, PeerChoice.None);

    public static Option<string?> CreateOnlyOption() => new("--peer")
    {
        Description = "Show one peer with all its details. NAME is the peer's name, or its public key or the beginning of it.",
        HelpName = "NAME",
    };

    /// <summary>The peers to show, in the order to show them.</summary>
    public IReadOnlyList<PeerView> Choose(PeersView peers) => this switch
    {
        { Only: { } name } => [.. peers.All.Where(peer => peer.IsMeant(name))],
        { Choice: PeerChoice.None } => [],
        { Choice: PeerChoice.All } => peers.All,
        _ => peers.Top,
    };

    /// <summary>Leaves in a machine-readable status only the peers of <see cref="Only"/>, or none.</summary>
    public void Restrict(JsonObject status)
    {
        if (Only is null && Choice != PeerChoice.None)
        {
            return;
        }

        foreach (var details in (status["stages"] as JsonArray ?? []).Select(stage => stage!["details"]).OfType<JsonObject>())
        {
            if (details["peers"] is JsonArray peers)
            {
                details["peers"] = new JsonArray([.. Choose(PeersView.Read(peers)).Select(peer => peer.Source.DeepClone())]);
            }
        }
    }
}
