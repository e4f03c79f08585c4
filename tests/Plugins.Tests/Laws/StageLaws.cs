using Culvert.Packets;
using Culvert.Plugins.ChecksumGuard;
using Culvert.Plugins.MssClamp;
using Culvert.Plugins.Plaintext;
using Culvert.Stages;
using Culvert.Testing;
using Plugins.Tests.Packets;

namespace Plugins.Tests.Laws;

/// <summary>What every stage keeps: no exception on any bytes, no allocation, the declared room, in both directions.</summary>
public sealed class StageLaws
{
    private static readonly TcpPacket _syn = new() { Options = TcpBytes.List(TcpBytes.Mss(1460), TcpBytes.SackPermitted, TcpBytes.Timestamps(1, 2)) };

    private static IReadOnlyList<byte[]> Samples =>
    [
        _syn.ToBytes(),
        (_syn with { IsIpv6 = true }).ToBytes(),
        (_syn with { Options = TcpBytes.List(TcpBytes.WindowScale(7), TcpBytes.Mss(8961)) }).ToBytes(),
        new TcpPacket().ToBytes(),
        new TcpPacket { Flags = TcpBytes.Ack, Payload = new byte[1300] }.ToBytes(),
        new TcpPacket { IsIpv6 = true, Flags = TcpBytes.Ack, Payload = new byte[1300] }.ToBytes(),
        (_syn with { Fragment = 0x2001 }).ToBytes(),
    ];

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void The_clamp_keeps_them(Direction direction) =>
        Check<MssClampStage, MssClampOptions>(new(), direction);

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void The_clamp_that_inserts_keeps_them(Direction direction) =>
        Check<MssClampStage, MssClampOptions>(new() { InsertMissing = true }, direction);

    [Theory]
    [InlineData(BadChecksumAction.Drop, Direction.Outbound)]
    [InlineData(BadChecksumAction.Pass, Direction.Inbound)]
    [InlineData(BadChecksumAction.Repair, Direction.Outbound)]
    public void The_guard_keeps_them(BadChecksumAction action, Direction direction) =>
        Check<ChecksumGuardStage, ChecksumGuardOptions>(new() { OnBad = action }, direction);

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void Plaintext_keeps_them(Direction direction) =>
        Check<PlaintextStage, PlaintextOptions>(new(), direction);

    /// <summary>Once its line has been logged, a flood of bad checksums allocates nothing either.</summary>
    [Fact]
    public void The_guard_allocates_nothing_for_bad_packets()
    {
        using var harness = StageHarness.Create<ChecksumGuardStage, ChecksumGuardOptions>(new() { OnBad = BadChecksumAction.Pass });
        var bad = (_syn with { Checksum = 1 }).ToBytes();
        ConformanceLaws.AllocatesNothing(harness, [bad], Direction.Inbound);
        Assert.True(harness.Context.Count("bad") > 100);
    }

    private static void Check<TStage, TOptions>(TOptions options, Direction direction)
        where TStage : class, IPacketStage, IStageDefinition<TOptions>
        where TOptions : class
    {
        using var harness = StageHarness.Create<TStage, TOptions>(options);
        ConformanceLaws.CheckAll(harness, Samples, direction);
    }
}
