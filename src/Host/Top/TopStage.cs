using Culvert.Host.Output;
using Culvert.Tools.Views;
using static Culvert.Tools.Views.Quantity;

namespace Culvert.Host.Top;

/// <summary>Everything about one stage, line by line. Pure.</summary>
internal static class TopStage
{
    /// <summary>The lines.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="now">When the status was written.</param>
    public static IReadOnlyList<string> Lines(StageView stage, DateTimeOffset now)
    {
        List<string> lines =
        [
            stage.Stage == stage.Id ? stage.Id : $"{stage.Id} ({stage.Stage})",
            stage.Above == stage.Below ? $"  packets: {stage.Above}" : $"  packets: {stage.Above} above, {stage.Below} below",
            $"  MTU: {(stage.Derivation.Length > 0 ? stage.Derivation : $"{stage.Mtu}")}",
            $"  outbound: {Words(stage.Outbound)}",
            $"  inbound: {Words(stage.Inbound)}",
        ];
        if (stage.LastFault is { } fault)
        {
            lines.Add($"  last fault {Time(stage.FaultedAt, now)}: {fault}");
        }

        foreach (var drop in stage.Drops)
        {
            lines.Add($"  drops now as {drop.Label}: {(drop.PerSecond is { } rate ? Short(rate, "pps") : "-")}{(drop.LastPacket is { } last ? $"; one of the last: {last}" : "")}");
        }

        lines.Add("");
        lines.AddRange(StatusText.Lines(stage, new PeersText(now, new ShownPeers(PeerChoice.None))).Select(line => "  " + line));
        return lines;
    }

    private static string Words(TrafficView traffic) =>
        (traffic is { PacketsPerSecond: { } packets, BitsPerSecond: { } bits, LostPerSecond: { } lost }
            ? $"{Short(packets, "pps")}, {Short(bits, "bit/s")}, {Short(lost, "pps")} dropped; "
            : "")
        + $"{Whole(traffic.Packets)} packets, {Size(traffic.Bytes)}, {Whole(traffic.Lost)} dropped so far"
        + (traffic.Nanoseconds is { } time ? $"; {Whole(time)} ns/packet" : "");
}
