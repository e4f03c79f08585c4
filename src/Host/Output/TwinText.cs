using System.Globalization;
using Culvert.Tools.Replay;

namespace Culvert.Host.Output;

/// <summary>The human-readable report of a twin replay.</summary>
internal static class TwinText
{
    public static void Write(TwinReport report, ReplayRequest request, TextWriter output)
    {
        var target = request.Output is null ? "came out of" : $"written to {request.Output} from";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{request.Input}: {report.Read} frames read into site A, {report.Written} {target} site B"));
        ReplayText.Remark(output, report.NotIp, "without an IP packet, left out");
        ReplayText.Remark(output, report.Cut, "cut by the capture's snap length");
        ReplayText.Remark(output, report.OverMtu, $"larger than the MTU of {report.Mtu}, which a device would not have handed over");
        ReplayText.WriteFindings(output, report.Findings);
        ReplayText.Remark(output, report.SentBack, "sent back to site A's own host; not written");
        ReplayText.WriteFailure(output, report.Failure);
        output.WriteLine();
        output.WriteLine("site A, outbound");
        ReplayText.WriteStages(report.SiteA, output);
        output.WriteLine();
        output.WriteLine("link");
        var table = new TextTable("way", " sent", " lost", " too large", " reordered", " duplicated");
        Add(table, "A to B", report.There);
        Add(table, "B to A", report.Back);
        table.Write(output);
        output.WriteLine();
        output.WriteLine("site B, inbound");
        ReplayText.WriteStages(report.SiteB, output);
    }

    private static void Add(TextTable table, string way, TwinLinkTally tally)
    {
        long[] numbers = [tally.Sent, tally.Lost, tally.TooLarge, tally.Reordered, tally.Duplicated];
        table.Add([way, .. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))]);
    }
}
