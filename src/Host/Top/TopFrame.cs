using Culvert.Engine.Diagnostics;
using Culvert.Host.Output;
using Culvert.Tools.Views;

namespace Culvert.Host.Top;

/// <summary>The lines of a terminal, as many and as long as it has room for. Pure.</summary>
/// <param name="width">Columns.</param>
/// <param name="height">Lines.</param>
/// <param name="colours">Paints, or does not.</param>
internal sealed class TopFrame(int width, int height, Colours colours)
{
    private const string Keys = "q quit  ↑↓ select  Enter open  Tab chain/peers  s sort  p pause  ? help";
    private const string Inside = "q quit  Esc back  ↑↓ scroll  p pause  ? help";

    private const string Indent = "        ";

    // Title, problem or facts, an empty line; and the keys at the bottom.
    private const int Frame = 4;

    /// <summary>Renders a view.</summary>
    /// <param name="view">The pipeline.</param>
    /// <param name="state">What is chosen.</param>
    /// <returns>The lines, and the state with its scrolling within what there is.</returns>
    public (IReadOnlyList<string> Lines, TopState State) Render(PipelineView view, TopState state)
    {
        state = state.Within(view);
        List<string> lines = [Title(view, state), Second(view), ""];
        var room = Math.Max(1, height - Frame);
        if (state.Screen == TopScreenKind.Overview)
        {
            lines.AddRange(Overview(view, state, room));
        }
        else
        {
            string[] all = [.. Screen(view, state).SelectMany(line => Wrap(VisibleText.EscapeLine(line)))];
            state = state with { Scroll = Math.Clamp(state.Scroll, 0, Math.Max(0, all.Length - room)) };
            lines.AddRange(all.Skip(state.Scroll).Take(room));
        }

        lines.AddRange(Enumerable.Repeat("", Math.Max(0, height - 1 - lines.Count)));
        return ([.. lines.Take(height - 1), colours.Dim(Cut(state.Screen == TopScreenKind.Overview ? Keys : Inside))], state);
    }

    private string Title(PipelineView view, TopState state)
    {
        var name = VisibleText.EscapeLine(Path.GetFileName(view.File ?? "pipeline"));
        var health = view.Problems.Count == 0 ? "healthy" : Quantity.Count(view.Problems.Count, "problem");
        var right = state.IsPaused ? "paused" : view.Now.ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        var left = Cut($"{name}  {health}", width - right.Length - 2);
        var gap = new string(' ', Math.Max(1, width - left.Length - right.Length));
        var painted = left.EndsWith(health, StringComparison.Ordinal)
            ? colours.Bold(left[..^health.Length]) + (view.Problems.Count == 0 ? colours.Green(health) : colours.Red(health))
            : left;
        return painted + gap + (state.IsPaused ? colours.Yellow(right) : right);
    }

    private string Second(PipelineView view) => view.Problems is [var first, ..]
        ? colours.Red(Cut(VisibleText.EscapeLine(first.Cause)))
        : colours.Dim(Cut(VisibleText.EscapeLine(string.Join(", ", StatusHeader.Facts(view)))));

    private IEnumerable<string> Overview(PipelineView view, TopState state, int room)
    {
        var peers = TopState.Peers(view, state.Sort);
        // The peers get at least their two headings and three lines, the chain at least its heading and two.
        var chainRoom = peers.Count == 0 ? room : Math.Min(view.Stages.Count + 1, Math.Max(3, room - 6));
        var lines = new List<string>(Rows(TopTables.Chain(view, width), state.IsInPeers ? null : state.Stage, state.Stage, chainRoom, TopTables.Level(view.Stages)));
        if (peers.Count > 0 && room - lines.Count > 3)
        {
            lines.Add("");
            var sum = new PeersView(peers).Sum;
            lines.Add(colours.Bold(Cut($"{sum}; by {state.Sort.ToString().ToLowerInvariant()}")));
            var peerRoom = room - lines.Count;
            var first = First(state.Peer, peers.Count, peerRoom - 1);
            PeerView[] shown = [.. peers.Skip(first).Take(peerRoom - 1)];
            lines.AddRange(Rows(
                TopTables.Peers(shown, view.Now, width), state.IsInPeers ? state.Peer - first : null, 0, peerRoom, TopTables.Level(shown)));
        }

        return lines;
    }

    /// <summary>The lines of a table around a place, the selected one inverted, the others in the colour of their level.</summary>
    private IEnumerable<string> Rows(IReadOnlyList<string> table, int? selected, int place, int room, IReadOnlyList<int> levels)
    {
        yield return colours.Dim(Cut("  " + table[0]));
        var first = First(place, levels.Count, room - 1);
        for (var row = first; row < Math.Min(levels.Count, first + room - 1); row++)
        {
            var line = Cut((row == selected ? "> " : "  ") + table[row + 1]);
            yield return row == selected ? colours.Reverse(line.PadRight(width))
                : levels[row] switch { 2 => colours.Red(line), 1 => colours.Yellow(line), _ => line };
        }
    }

    private static int First(int place, int count, int room) => Math.Clamp(place - room / 2, 0, Math.Max(0, count - room));

    private static IReadOnlyList<string> Screen(PipelineView view, TopState state) => state.Screen switch
    {
        TopScreenKind.Help => [.. TopKeys.All.Select(key => $"{key.Key,-12}{key.Meaning}"), "", "Rates are means between two looks. Units: k = 1000, M = 1000 k, G = 1000 M."],
        TopScreenKind.Stage => TopStage.Lines(view.Stages[state.Stage], view.Now),
        _ => TopState.Peers(view, state.Sort).FirstOrDefault(peer => peer.Key == state.PeerKey) is { } peer
            ? new PeersText(view.Now, new ShownPeers()).Detail(peer)
            : ["The peer was removed."],
    };

    // Between words, with the rest indented; within a word that is longer than the terminal is wide.
    private IEnumerable<string> Wrap(string line)
    {
        var rest = line;
        while (rest.Length > width && width > 2 * Indent.Length)
        {
            var end = rest.LastIndexOf(' ', width);
            end = end <= Indent.Length ? width : end;
            yield return rest[..end];
            rest = Indent + rest[end..].TrimStart();
        }

        yield return Cut(rest);
    }

    private string Cut(string line) => Cut(line, width);

    private static string Cut(string line, int columns) => line.Length <= columns ? line : columns < 1 ? "" : line[..(columns - 1)] + "…";
}
