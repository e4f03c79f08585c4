using Culvert.Counters;
using Culvert.Engine.Control;
using Culvert.Engine.Running;
using Culvert.Host.Output;
using Culvert.Packets;
using Culvert.Testing;
using Culvert.Tools.Views;

namespace Tools.Tests.Output;

/// <summary>Wherever a person meets a drop, the sentence that explains it is beside it.</summary>
public sealed class DropTextTests
{
    [Theory]
    [InlineData("checksum-guard", "bad-checksum (packets by direction, protocol)", "Packets whose checksum is wrong (on-bad: drop).")]
    [InlineData("encrypt", "wrong-source (packets)", "Inbound packets whose inner source is outside the peer's allowed-ips.")]
    [InlineData("udp", "oversized (packets)", "Inbound datagrams larger than path-mtu allows.")]
    [InlineData("plaintext", "not-ip (packets)", "Datagrams from the network that do not contain a whole IP packet.")]
    public async Task A_stage_lists_its_reasons_with_their_sentences(string stage, string name, string sentence)
    {
        var (code, output, _) = await CommandLine.Run("stages", stage, "--plugin-path", CommandLine.Plugins);
        Assert.Equal(0, code);
        var listed = output.Split('\n').SkipWhile(line => line != "Drops packets for these reasons:").ToList();
        Assert.Equal("      " + sentence, listed[listed.IndexOf("  " + name) + 1]);
    }

    [Fact]
    public async Task Counters_that_are_no_reasons_are_listed_apart()
    {
        var (_, output, _) = await CommandLine.Run("stages", "mss-clamp", "--plugin-path", CommandLine.Plugins);
        Assert.DoesNotContain("Drops packets", output, StringComparison.Ordinal);
        Assert.Contains(
            "\nCounts:\n\n  clamped (packets by direction, family)\n      SYNs whose MSS exceeded the limit and was lowered.\n", output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Status_shows_the_description_of_every_drop_and_held_packets()
    {
        var counters = new CounterSet();
        counters.Create("clamped", "packets", "SYNs that were clamped.").Add(1234);
        var reason = counters.DropReason("bad-checksum", "Packets whose checksum is wrong.", KeyValuePair.Create("direction", "inbound"));
        using var context = new TestStageContext();
        new TestBatch(context, Direction.Inbound).Filler.Refuse(reason, 2);
        counters.DropReason("never", "Packets that never come.");
        var text = StatusText.Render(PipelineView.Read(StatusJson.Write(Status(counters))));
        Assert.Contains("  clamped: 1,234 packets\n", text, StringComparison.Ordinal);
        Assert.Contains("  dropped 2 packets as bad-checksum (inbound): Packets whose checksum is wrong.\n", text, StringComparison.Ordinal);
        Assert.Contains("  leases: 3 held, of 10 taken and 5 rented\n", text, StringComparison.Ordinal);
        Assert.Contains(", 1 lane, 3 of 4,096 leases in use\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("never", text, StringComparison.Ordinal);
        // The table adds up what the stage and what the host dropped: 2 + 4 + 1.
        Assert.Matches(@"\nguard +100 +0 B +7 ", text);
    }

    private static PipelineStatus Status(CounterSet counters) => new()
    {
        Uptime = TimeSpan.FromSeconds(1),
        Lanes = 1,
        Mtu = 1420,
        LeasesInUse = 3,
        LeaseCapacity = 4096,
        Stages =
        [
            new StageStatus
            {
                Id = "guard",
                Stage = "guard",
                Mtu = 1420,
                Faults = 1,
                IsBypassed = false,
                Outbound = Traffic(100) with { Dropped = 2, Faulted = 4, Discarded = 1, Taken = 10 },
                Inbound = Traffic(0),
                Held = 3,
                Rented = 5,
                Released = 0,
                Counters = counters.All,
            },
        ],
    };

    private static TrafficStatus Traffic(long packets) => new()
    {
        PacketsIn = packets,
        BytesIn = 0,
        PacketsOut = 0,
        PassedBy = 0,
        Dropped = 0,
        Discarded = 0,
        Consumed = 0,
        Taken = 0,
        Faulted = 0,
        Emitted = 0,
        NanosecondsPerPacket = null,
    };
}
