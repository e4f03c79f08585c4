using Culvert.Tools.Captures;
using Culvert.Tools.Replay;
using Culvert.Packets;
using Tools.Tests.Captures;

namespace Tools.Tests.Replay;

/// <summary>Stages that damage, throw, answer, keep and never stop: what a replay and an explanation make of them.</summary>
public sealed class TroubleTests
{
    private static readonly byte[] Origin = Convert.FromHexString(
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfe7710000020423010402080a0862af40081b5bcd01030307");

    [Fact(DisplayName = "The report's packet through a clamp with the old arithmetic: 04f5, laid at that clamp's door")]
    public void TheOldArithmeticIsCaught()
    {
        var report = Replay(out _, ["old-arithmetic"], Origin);
        Assert.Equal(1, report.Stages[0].MadeBad);
        var blame = Assert.Single(report.Inspection!.Blames);
        Assert.Equal(("old-arithmetic", "made-bad", "TCP", "04f5", "04f6"), (blame.StageId, blame.Deed, blame.What, blame.Found, blame.Wanted));

        using var explainer = new Explainer(TroublesomeStages.Plan("old-arithmetic"), Direction.Outbound);
        var step = Assert.Single(explainer.Explain(1, 0, Origin).Steps);
        Assert.Equal("MSS 8961 → 1405, TCP checksum e771 → 04f5", string.Join(", ", step.Changes));
    }

    [Fact]
    public void AStageThatThrowsLosesThePacketAndSaysWhy()
    {
        var report = Replay(out var records, ["thrower"], Origin, Origin);
        Assert.Equal((2, 0, 2), (report.Stages[0].In, report.Stages[0].Passed, report.Stages[0].Faulted));
        Assert.Empty(records);

        using var explainer = new Explainer(TroublesomeStages.Plan("old-arithmetic", "thrower"), Direction.Outbound);
        for (var number = 1; number <= 2; number++)
        {
            var story = explainer.Explain(number, 0, Origin);
            Assert.Equal([StageOutcome.Changed, StageOutcome.Threw], story.Steps.Select(step => step.Outcome));
            Assert.Equal("a bug", story.Steps[1].Fault);
            Assert.Null(story.Result);
        }
    }

    [Fact]
    public void WhatAStageMakesIsTold()
    {
        var report = Replay(out var records, ["answerer"], Origin);
        Assert.Equal((1, 1), (report.SentBack, report.Stages[0].Emitted));
        Assert.Single(records);

        using var explainer = new Explainer(TroublesomeStages.Plan("answerer", "old-arithmetic"), Direction.Outbound);
        var story = explainer.Explain(1, 0, Origin);
        var made = Assert.Single(story.Steps[0].Made);
        Assert.Equal((Direction.Inbound, 20), (made.Direction, made.Bytes.Length));
        Assert.Empty(story.Steps[1].Made);
    }

    [Fact]
    public void WhatAStageKeepsComesOutAtItsTime()
    {
        var report = Replay(out var records, ["keeper", "old-arithmetic"], Origin, Origin, Origin);
        Assert.Equal((3, 3), (report.Stages[0].In, report.Stages[0].Taken));
        // The packets are a second apart: the last one is still kept when the capture ends.
        Assert.Equal(2, records.Count);
        Assert.All(records, record => Assert.EndsWith("057D0402080A0862AF40081B5BCD01030307", record.Data, StringComparison.Ordinal));

        using var explainer = new Explainer(TroublesomeStages.Plan("keeper"), Direction.Outbound);
        Assert.Equal(StageOutcome.Taken, Assert.Single(explainer.Explain(1, 0, Origin).Steps).Outcome);
    }

    [Fact]
    public void AStageThatNeverStopsEndsTheReplay()
    {
        var report = Replay(out _, ["echoer"], Origin, Origin);
        Assert.Contains("without end", report.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void ACaptureWithAGapOfYearsIsReplayedAtOnce()
    {
        using var folder = new ScratchFolder();
        var bytes = CaptureBytes.Pcap(bigEndian: false, nanoseconds: true, (int)LinkType.RawIp)
            .PcapRecord(1, 0, Origin).PcapRecord(2_000_000_000, 0, Origin).ToArray();
        using var reader = CaptureReader.Open(new MemoryStream(bytes));
        using var replayer = new Replayer(TroublesomeStages.Plan("keeper"), Direction.Outbound, null);
        replayer.Run(reader);
        Assert.Equal((2, 1), (replayer.Report.Read, replayer.Report.Written));
    }

    private static ReplayReport Replay(out List<CaptureReaderTests.Read> records, string[] stages, params byte[][] packets)
    {
        using var folder = new ScratchFolder();
        var path = folder.File("out.pcap");
        var bytes = CaptureBytes.Pcap(bigEndian: false, nanoseconds: true, (int)LinkType.Ethernet);
        byte[] header = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0];
        for (var i = 0u; i < packets.Length; i++)
        {
            bytes.PcapRecord(100 + i, 0, [.. header, .. packets[i]]);
        }

        using (var writer = CaptureWriter.Create(path, nanoseconds: true))
        using (var reader = CaptureReader.Open(new MemoryStream(bytes.ToArray())))
        using (var replayer = new Replayer(TroublesomeStages.Plan(stages), Direction.Outbound, writer))
        {
            replayer.Run(reader);
            records = [];
            var report = replayer.Report;
            writer.Dispose();
            records = CaptureReaderTests.ReadAll(File.ReadAllBytes(path), out _);
            return report;
        }
    }
}
