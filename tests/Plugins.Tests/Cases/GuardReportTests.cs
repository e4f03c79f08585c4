using Culvert.Plugins.ChecksumGuard;
using Culvert.Testing;
using Microsoft.Extensions.Time.Testing;
using Plugins.Tests.Packets;

namespace Plugins.Tests.Cases;

/// <summary>The line that a person reads when a checksum is wrong.</summary>
public sealed class GuardReportTests
{
    private static readonly byte[] _bad = ClampCase.Hex(
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268df030100000204057d0402080a0862b134081b5bcd01030307");

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void It_names_the_packet_the_value_found_and_the_value_wanted()
    {
        using var harness = Start(BadChecksumAction.Drop);
        harness.Outbound(_bad);
        Assert.Equal(
            "Warning: checksum-guard: TCP checksum wrong on arrival, outbound: TCP 10.80.0.112:80 > 172.18.128.9:42319 [S.] mss 1405, "
            + "60 bytes; found 0301, wanted 0302; dropped; 1 so far",
            Assert.Single(harness.Context.Log.Lines));
    }

    [Theory]
    [InlineData(BadChecksumAction.Drop, "dropped")]
    [InlineData(BadChecksumAction.Pass, "passed as it is")]
    [InlineData(BadChecksumAction.Repair, "repaired")]
    public void The_log_names_what_happened_to_the_packet(BadChecksumAction action, string fate)
    {
        using var harness = Start(action);
        harness.Inbound(_bad);
        Assert.Contains($"; {fate}; 1 so far", Assert.Single(harness.Context.Log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_of_bad_packets_is_one_line_each_ten_seconds()
    {
        using var harness = Start(BadChecksumAction.Pass);
        for (var i = 0; i < 100; i++)
        {
            harness.Outbound(_bad, _bad);
        }

        Assert.Single(harness.Context.Log.Lines);
        _time.Advance(BadChecksumReport.QuietTime);
        harness.Outbound(_bad);
        Assert.Equal(2, harness.Context.Log.Lines.Count);
        Assert.EndsWith("; 201 so far", harness.Context.Log.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Each_direction_is_reported_by_itself()
    {
        using var harness = Start(BadChecksumAction.Pass);
        harness.Outbound(_bad);
        harness.Inbound(_bad);
        Assert.Equal(2, harness.Context.Log.Lines.Count);
    }

    [Fact]
    public void A_good_packet_is_not_reported()
    {
        using var harness = Start(BadChecksumAction.Drop);
        harness.Outbound(ClampCase.Hex(ArithmeticCases.OriginIn), new TcpPacket().ToBytes());
        Assert.Empty(harness.Context.Log.Lines);
    }

    private StageHarness<ChecksumGuardStage> Start(BadChecksumAction action) =>
        StageHarness.Create<ChecksumGuardStage, ChecksumGuardOptions>(
            new() { OnBad = action }, new TestStageContext(_time, id: "checksum-guard"));
}
