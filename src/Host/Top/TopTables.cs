using Culvert.Host.Output;
using Culvert.Tools.Views;
using static Culvert.Tools.Views.Quantity;

namespace Culvert.Host.Top;

/// <summary>The tables of <c>culvert top</c>'s overview: the first line has the headings. More columns where there is room. Pure.</summary>
internal static class TopTables
{
    private const int Wide = 110;

    /// <summary>A line for each stage.</summary>
    public static IReadOnlyList<string> Chain(PipelineView view, int width)
    {
        string[] headings = ["stage", " out: pps", " bit/s", " drop/s", " ns", " in: pps", " bit/s", " drop/s", " ns"];
        var table = new TextTable(width < Wide ? headings : [.. headings, " MTU", " dropped", " held"]);
        foreach (var stage in view.Stages)
        {
            string[] cells = [stage.Id, .. Cells(stage.Outbound), .. Cells(stage.Inbound)];
            table.Add(width < Wide ? cells
                : [.. cells, $"{stage.Mtu}", Whole(stage.Outbound.Lost + stage.Inbound.Lost), Whole(stage.Held)]);
        }

        return Lines(table);
    }

    /// <summary>A line for each of some peers.</summary>
    public static IReadOnlyList<string> Peers(IEnumerable<PeerView> peers, DateTimeOffset now, int width)
    {
        string[] headings = ["peer", "state", " handshake", " in bit/s", " out bit/s", "endpoint"];
        var table = new TextTable(width < Wide ? headings : [.. headings[..5], " received", " sent", " path MTU", "endpoint"]);
        foreach (var peer in peers)
        {
            var since = peer is { Trouble: > 0, Since: { } at } ? $" {Age((now - at).TotalSeconds)}" : "";
            string[] cells = [peer.Name, peer.State + since, peer.HandshakeAge is { } age ? Age(age) : "never",
                Compact(peer.ReceivedPerSecond * 8), Compact(peer.SentPerSecond * 8)];
            table.Add(width < Wide ? [.. cells, peer.Endpoint ?? "none"]
                : [.. cells, Size(peer.Received), Size(peer.Sent), peer.PathMtu is { } mtu ? $"{mtu}" : "-", peer.Endpoint ?? "none"]);
        }

        return Lines(table);
    }

    /// <summary>How much each stage needs somebody's attention: 2 for one that threw, 1 for one that drops packets now.</summary>
    public static IReadOnlyList<int> Level(IEnumerable<StageView> stages) =>
        [.. stages.Select(stage => stage.Faults > 0 ? 2 : stage.Outbound.LostPerSecond + stage.Inbound.LostPerSecond > 0 ? 1 : 0)];

    /// <summary>How much each peer needs somebody's attention.</summary>
    public static IReadOnlyList<int> Level(IEnumerable<PeerView> peers) => [.. peers.Select(peer => peer.Trouble)];

    private static string[] Cells(TrafficView traffic) =>
        [Compact(traffic.PacketsPerSecond), Compact(traffic.BitsPerSecond), Compact(traffic.LostPerSecond), traffic.Nanoseconds is { } time ? Whole(time) : "-"];

    private static string Compact(double? number) => number is { } known ? Short(known, "").Replace(" ", "", StringComparison.Ordinal) : "-";

    private static string[] Lines(TextTable table)
    {
        using var text = new StringWriter { NewLine = "\n" };
        table.Write(text);
        return text.ToString().TrimEnd('\n').Split('\n');
    }
}
