using Culvert.Host.Top;
using Culvert.Tools.Views;
using Tools.Tests.Output;

namespace Tools.Tests.Top;

/// <summary>What the keys of <c>culvert top</c> do.</summary>
public sealed class TopStateTests
{
    private static readonly PipelineView _view = PipelineView.Read(
        StatusTextTests.Status([.. Enumerable.Range(0, 30).Select(i => StatusTextTests.Up($"site-{i:00}", received: i))]));

    [Theory]
    [InlineData(ConsoleKey.UpArrow, '\0', TopKey.Up)]
    [InlineData(ConsoleKey.J, 'j', TopKey.Down)]
    [InlineData(ConsoleKey.PageDown, '\0', TopKey.PageDown)]
    [InlineData(ConsoleKey.Tab, '\t', TopKey.Switch)]
    [InlineData(ConsoleKey.Enter, '\r', TopKey.Open)]
    [InlineData(ConsoleKey.Escape, '\u001b', TopKey.Back)]
    [InlineData(ConsoleKey.S, 's', TopKey.Sort)]
    [InlineData(ConsoleKey.P, 'p', TopKey.Pause)]
    [InlineData(ConsoleKey.Spacebar, ' ', TopKey.Pause)]
    [InlineData(ConsoleKey.Oem2, '?', TopKey.Help)]
    [InlineData(ConsoleKey.Q, 'q', TopKey.Quit)]
    [InlineData(ConsoleKey.C, '\u0003', TopKey.Quit)]
    [InlineData(ConsoleKey.F5, '\0', TopKey.None)]
    [InlineData(ConsoleKey.X, 'x', TopKey.None)]
    public void A_key_has_its_meaning(ConsoleKey key, char letter, object meaning) =>
        Assert.Equal(meaning, TopKeys.Of(new ConsoleKeyInfo(letter, key, shift: false, alt: false, control: false)));

    [Fact]
    public void The_arrows_select_a_stage_and_stay_in_the_chain()
    {
        Assert.Equal(2, Press(TopKey.Down, TopKey.Down).Stage);
        Assert.Equal(2, Press(TopKey.Down, TopKey.Down, TopKey.Down, TopKey.Down).Stage);
        Assert.Equal(0, Press(TopKey.Down, TopKey.Up, TopKey.Up).Stage);
        Assert.Equal(2, Press(TopKey.End).Stage);
        Assert.Equal(0, Press(TopKey.End, TopKey.Home).Stage);
    }

    [Fact]
    public void Tab_leads_to_the_peers_where_the_arrows_select_one()
    {
        var state = Press(TopKey.Switch, TopKey.PageDown, TopKey.Down);
        Assert.Equal((true, 11, 0), (state.IsInPeers, state.Peer, state.Stage));
        Assert.False(Press(TopKey.Switch, TopKey.Switch).IsInPeers);
        Assert.False(new TopState().Press(TopKey.Switch, PipelineView.Read(StatusTextTests.Status())).IsInPeers);
    }

    [Fact]
    public void Enter_opens_a_stage_or_a_peer_and_escape_goes_back_then_ends()
    {
        Assert.Equal((TopScreenKind.Stage, 1), (Press(TopKey.Down, TopKey.Open).Screen, Press(TopKey.Down, TopKey.Open).Stage));
        var peer = Press(TopKey.Sort, TopKey.Switch, TopKey.Down, TopKey.Open);
        Assert.Equal(TopScreenKind.Peer, peer.Screen);
        Assert.Equal(_view.Stages[1].Peers!.All[1].Key, peer.PeerKey);
        var back = peer.Press(TopKey.Back, _view);
        Assert.Equal((TopScreenKind.Overview, false, 1), (back.Screen, back.HasEnded, back.Peer));
        Assert.True(back.Press(TopKey.Back, _view).HasEnded);
        Assert.True(peer.Press(TopKey.Quit, _view).HasEnded);
    }

    [Fact]
    public void In_a_stage_the_arrows_scroll()
    {
        var state = Press(TopKey.Down, TopKey.Open, TopKey.Down, TopKey.PageDown);
        Assert.Equal((1, 11), (state.Stage, state.Scroll));
        Assert.Equal(0, state.Press(TopKey.Home, _view).Scroll);
        Assert.Equal(0, state.Press(TopKey.Back, _view).Scroll);
    }

    [Fact]
    public void The_order_goes_round_and_begins_at_its_top()
    {
        var state = Press(TopKey.Switch, TopKey.Down, TopKey.Sort);
        Assert.Equal((PeerSort.Name, 0), (state.Sort, state.Peer));
        Assert.Equal(PeerSort.Trouble, Press([.. Enumerable.Repeat(TopKey.Sort, Enum.GetValues<PeerSort>().Length)]).Sort);
    }

    [Fact]
    public void Pause_and_help_are_left_by_the_same_key()
    {
        Assert.True(Press(TopKey.Pause).IsPaused);
        Assert.False(Press(TopKey.Pause, TopKey.Pause).IsPaused);
        Assert.Equal(TopScreenKind.Help, Press(TopKey.Help).Screen);
        Assert.Equal(TopScreenKind.Overview, Press(TopKey.Help, TopKey.Help).Screen);
    }

    [Fact]
    public void A_view_with_less_takes_the_selection_along()
    {
        var state = Press(TopKey.End, TopKey.Switch, TopKey.End);
        var less = PipelineView.Read(StatusTextTests.Status(StatusTextTests.Up("a", 1)));
        Assert.Equal((2, 0, true), (state.Within(less).Stage, state.Within(less).Peer, state.Within(less).IsInPeers));
        Assert.False(state.Within(PipelineView.Read(StatusTextTests.Status())).IsInPeers);
    }

    private static TopState Press(params TopKey[] keys) => keys.Aggregate(new TopState(), (state, key) => state.Press(key, _view));
}
