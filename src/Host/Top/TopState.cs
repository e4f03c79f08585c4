using Culvert.Tools.Views;

namespace Culvert.Host.Top;

/// <summary>A screen of <c>culvert top</c>.</summary>
internal enum TopScreenKind
{
    /// <summary>The chain and the peers.</summary>
    Overview,

    /// <summary>One stage.</summary>
    Stage,

    /// <summary>One peer.</summary>
    Peer,

    /// <summary>The keys.</summary>
    Help,
}

/// <summary>What a person has chosen to see in <c>culvert top</c>. Immutable.</summary>
internal sealed record TopState
{
    private const int Page = 10;

    /// <summary>The screen.</summary>
    public TopScreenKind Screen { get; init; }

    /// <summary>Whether the keys move in the peers rather than in the chain.</summary>
    public bool IsInPeers { get; init; }

    /// <summary>The place of the selected stage.</summary>
    public int Stage { get; init; }

    /// <summary>The place of the selected peer in the order.</summary>
    public int Peer { get; init; }

    /// <summary>The public key of the peer of <see cref="TopScreenKind.Peer"/>.</summary>
    public string PeerKey { get; init; } = "";

    /// <summary>The first line that is shown of a screen that is longer than the terminal.</summary>
    public int Scroll { get; init; }

    /// <summary>The order of the peers.</summary>
    public PeerSort Sort { get; init; }

    /// <summary>Whether the screen is not renewed.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Whether it is over.</summary>
    public bool HasEnded { get; init; }

    /// <summary>The peers of all stages in an order.</summary>
    public static IReadOnlyList<PeerView> Peers(PipelineView view, PeerSort sort) =>
        [.. new PeersView([.. view.Stages.SelectMany(stage => stage.Peers?.All ?? [])]).Sorted(sort)];

    /// <summary>Follows a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="view">What is shown.</param>
    public TopState Press(TopKey key, PipelineView view) => key switch
    {
        TopKey.Quit => this with { HasEnded = true },
        TopKey.Back => Screen == TopScreenKind.Overview ? this with { HasEnded = true } : Show(TopScreenKind.Overview),
        TopKey.Help => Show(Screen == TopScreenKind.Help ? TopScreenKind.Overview : TopScreenKind.Help),
        TopKey.Pause => this with { IsPaused = !IsPaused },
        TopKey.Sort => this with { Sort = (PeerSort)(((int)Sort + 1) % Enum.GetValues<PeerSort>().Length), Peer = 0 },
        TopKey.Switch when Screen == TopScreenKind.Overview => this with { IsInPeers = !IsInPeers && CountPeers(view) > 0 },
        TopKey.Open when Screen == TopScreenKind.Overview => Open(view),
        TopKey.Up => Move(-1, view),
        TopKey.Down => Move(1, view),
        TopKey.PageUp => Move(-Page, view),
        TopKey.PageDown => Move(Page, view),
        TopKey.Home => Move(-int.MaxValue, view),
        TopKey.End => Move(int.MaxValue, view),
        _ => this,
    };

    /// <summary>The same within what a new view has.</summary>
    public TopState Within(PipelineView view)
    {
        var peers = CountPeers(view);
        return this with
        {
            Stage = Math.Clamp(Stage, 0, Math.Max(0, view.Stages.Count - 1)),
            Peer = Math.Clamp(Peer, 0, Math.Max(0, peers - 1)),
            IsInPeers = IsInPeers && peers > 0,
        };
    }

    private TopState Show(TopScreenKind screen) => this with { Screen = screen, Scroll = 0 };

    private TopState Open(PipelineView view)
    {
        if (!IsInPeers)
        {
            return view.Stages.Count > 0 ? Show(TopScreenKind.Stage) : this;
        }

        return Peers(view, Sort).ElementAtOrDefault(Peer) is { } peer ? Show(TopScreenKind.Peer) with { PeerKey = peer.Key } : this;
    }

    private TopState Move(int lines, PipelineView view)
    {
        int From(int place) => (int)Math.Clamp((long)place + lines, 0, int.MaxValue);
        return (Screen, IsInPeers) switch
        {
            (TopScreenKind.Overview, true) => (this with { Peer = From(Peer) }).Within(view),
            (TopScreenKind.Overview, false) => (this with { Stage = From(Stage) }).Within(view),
            _ => this with { Scroll = From(Scroll) },
        };
    }

    private static int CountPeers(PipelineView view) => view.Stages.Sum(stage => stage.Peers?.All.Count ?? 0);
}
