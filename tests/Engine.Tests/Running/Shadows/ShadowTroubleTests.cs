using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;

namespace Engine.Tests.Running.Shadows;

/// <summary>A candidate misbehaves in every way: traffic is what it would be without it, byte for byte.</summary>
public sealed class ShadowTroubleTests : IDisposable
{
    private const int Packets = 600;

    private readonly ManualResetEventSlim _release = new();
    private readonly List<PacketLease> _kept = [];
    private int _disposed;

    public static TheoryData<string> Troubles =>
        ["throws", "hangs", "emits", "leaks", "lengthens", "shortens", "takes", "consumes", "overwrites", "faults", "posts", "hangs in posted work"];

    public void Dispose() => _release.Set();

    [Theory]
    [MemberData(nameof(Troubles))]
    public void No_trouble_reaches_traffic(string trouble)
    {
        using var rig = ShadowTests.Start(ShadowTests.Acting((_, number, packet) => packet.Data[^1] = (byte)number), Candidate(trouble), options: new PipelineOptions { ShadowLimit = Options(IsHang(trouble)).ShadowLimit });
        var packets = Enumerable.Range(0, Packets).Select(ShadowTests.Packet).ToArray();
        var expected = packets.Select(packet => (byte[])[.. packet[..^1], (byte)ShadowTests.NumberOf(packet)]);
        foreach (var direction in new[] { Direction.Outbound, Direction.Inbound })
        {
            var sink = ShadowTests.Send(rig, direction, packets, Packets);
            Assert.Equal(expected, sink.Captured.Select(packet => packet.Bytes));
        }

        var status = rig.Pipeline.GetStatus();
        Assert.Equal((0, 0L), (status.LeasesInUse, status.Stages.Sum(stage => stage.Faults)));
        AssertNoticed(rig, trouble);
        _release.Set();
        rig.Dispose();

        // Nothing else has arrived since: each packet was sent by this test.
        Assert.All(rig.Host.Captured.Concat(rig.Network.Captured), packet => Assert.Equal(packets[0].Length, packet.Bytes.Length));
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _disposed) == 1, Rig.Patience), "the candidate is not disposed");
    }

    [Theory]
    [InlineData(true, "it cannot start: live: the stage's constructor threw InvalidOperationException: No")]
    [InlineData(false, "it cannot start: live: the stage's constructor did not return within 0.2 seconds")]
    public void A_candidate_that_cannot_start_is_switched_off(bool throws, string reason)
    {
        var candidate = new ProbeOptions
        {
            Constructed = _ =>
            {
                if (throws)
                {
                    throw new InvalidOperationException("No.");
                }

                _release.Wait(Rig.Patience);
            },
        };
        using var rig = ShadowTests.Start(new ProbeOptions(), candidate, options: Options(hangs: !throws));
        ShadowTests.Send(rig, Direction.Outbound, [.. Enumerable.Range(0, 100).Select(ShadowTests.Packet)], 100);
        Assert.Equal(reason, WaitForOff(rig));
        Assert.Contains(rig.Log.Lines, line => line.Contains("is switched off", StringComparison.Ordinal));
    }

    [Fact]
    public void One_that_was_switched_off_is_tried_again_by_a_reload()
    {
        var throwing = new ProbeOptions { Outbound = (_, _) => throw new InvalidOperationException("No.") };
        using var rig = ShadowTests.Start(new ProbeOptions(), throwing, options: Options(hangs: false));
        for (var i = 0; i < 10; i++)
        {
            ShadowTests.Send(rig, Direction.Outbound, [ShadowTests.Packet(i)], 1);
        }

        Assert.Equal("it threw 10 times, the last time InvalidOperationException: No", WaitForOff(rig));
        Assert.Equal(["live (shadow)"], rig.Pipeline.Reload(ShadowTests.Plan(new ProbeOptions(), throwing)).Changed);
        Assert.Null(ShadowTests.StatusOf(rig).Shadow!.OffReason);
        ShadowTests.Send(rig, Direction.Outbound, [ShadowTests.Packet(1)], 1);
        Assert.Equal("passed → threw", Assert.Single(ShadowTests.WaitForCompared(rig, 1).Differences).Kind);
    }

    [Fact]
    public void Above_its_budget_packets_are_skipped_and_counted()
    {
        var slow = new ProbeOptions { Outbound = (_, _) => Thread.Sleep(20) };
        using var rig = ShadowTests.Start(
            new ProbeOptions(), slow, entry => entry with { Shadow = entry.Shadow! with { Budget = 0.001 } }, new PipelineOptions());
        var sent = 0;
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    ShadowTests.Send(rig, Direction.Outbound, [ShadowTests.Packet(sent++)], 1);
                    return ShadowTests.StatusOf(rig).Shadow!.SkippedOverBudget > 0;
                },
                Rig.Patience));
        Assert.Null(ShadowTests.StatusOf(rig).Shadow!.OffReason);
    }

    // Short only where something hangs: a busy machine takes its time.
    private static PipelineOptions Options(bool hangs) => new()
    {
        StartLimit = hangs ? TimeSpan.FromMilliseconds(200) : Rig.Patience,
        ShadowLimit = hangs ? TimeSpan.FromMilliseconds(200) : Rig.Patience,
    };

    private static bool IsHang(string trouble) => trouble.StartsWith("hangs", StringComparison.Ordinal);

    private ProbeOptions Candidate(string trouble)
    {
        void Act(IStageContext context, PacketBatch batch)
        {
            switch (trouble)
            {
                case "throws":
                    throw new InvalidOperationException("off by one");
                case "hangs":
                    _release.Wait(Rig.Patience);
                    break;
                case "faults":
                    context.Fault(new InvalidOperationException("no more"));
                    break;
                case "posts":
                    context.Post(() => throw new InvalidOperationException("posted"));
                    break;
                case "hangs in posted work":
                    context.Post(() => _release.Wait(Rig.Patience));
                    break;
                default:
                    foreach (var packet in batch)
                    {
                        Treat(trouble, context, packet);
                    }

                    break;
            }
        }

        return new ProbeOptions
        {
            Shape = StageShape.Through(PacketKind.Ip) with { Headroom = 8, InboundHeadroom = 8 },
            Outbound = Act,
            Inbound = Act,
            Disposed = _ => Interlocked.Increment(ref _disposed),
        };
    }

    private void Treat(string trouble, IStageContext context, Packet packet)
    {
        switch (trouble)
        {
            case "emits" when context.TryRent(20, out var lease):
                context.Emit(Direction.Outbound, lease);
                break;
            case "leaks" when context.TryRent(20, out var lease):
                _kept.Add(lease);
                break;
            case "takes" when packet.TryTake(out var lease):
                _kept.Add(lease);
                break;
            case "lengthens":
                packet.Prepend(8).Clear();
                break;
            case "shortens":
                packet.TrimEnd(packet.Length);
                break;
            case "consumes":
                packet.Consume();
                break;
            case "overwrites":
                packet.Data.Fill(0xFF);
                break;
        }
    }

    private static void AssertNoticed(Rig rig, string trouble)
    {
        var expected = trouble switch
        {
            "throws" or "posts" => "it threw 10 times",
            "hangs" or "hangs in posted work" => "it did not return within 0.2 seconds",
            "faults" => "it reported that it cannot continue: no more",
            _ => null,
        };
        if (expected is not null)
        {
            Assert.StartsWith(expected, WaitForOff(rig), StringComparison.Ordinal);
            return;
        }

        var shadow = ShadowTests.StatusOf(rig).Shadow!;
        Assert.True(SpinWait.SpinUntil(() => ShadowTests.StatusOf(rig).Shadow!.Compared > 0, Rig.Patience), $"{shadow}");
        shadow = ShadowTests.StatusOf(rig).Shadow!;
        Assert.Null(shadow.OffReason);
        Assert.Equal(trouble == "emits", shadow.Emitted > 0);
        Assert.NotEmpty(shadow.Differences);
    }

    // One packet after the other: what came before may have been a few large batches, most of it skipped.
    private static string WaitForOff(Rig rig)
    {
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    ShadowTests.Send(rig, Direction.Outbound, [ShadowTests.Packet(1)], 1);
                    return ShadowTests.StatusOf(rig).Shadow!.OffReason is not null;
                },
                Rig.Patience),
            "it is not switched off");
        return ShadowTests.StatusOf(rig).Shadow!.OffReason!;
    }
}
