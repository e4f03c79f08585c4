using Culvert.Packets;
using Culvert.Testing;
using SiteTag;

namespace Samples.Tests;

/// <summary>The stage with a header of its own.</summary>
public sealed class SiteTagTests
{
    private static readonly byte[] _datagram = [.. Enumerable.Range(0, 200).Select(number => (byte)number)];
    private static readonly byte[] _tagged = [0x12, 0x34, .. _datagram];

    [Fact]
    public void An_outbound_datagram_gets_the_tag()
    {
        using var harness = StageHarness.Create<SiteTagStage, SiteTagOptions>(new SiteTagOptions { Tag = 0x1234 });

        Assert.Equal(_tagged, harness.Outbound(_datagram).Single());
    }

    [Fact]
    public void An_inbound_datagram_loses_the_tag()
    {
        using var harness = Create();

        Assert.Equal(_datagram, harness.Inbound(_tagged).Single());
    }

    [Fact]
    public void A_datagram_without_the_tag_is_dropped()
    {
        using var harness = Create();

        Assert.Equal(3, harness.Inbound(_datagram, [0x12], []).Drops["wrong-tag"]);
    }

    [Fact]
    public void The_laws_of_every_stage_hold()
    {
        ConformanceLaws.CheckAll(Create(), [_datagram], Direction.Outbound);
        ConformanceLaws.CheckAll(Create(), [_tagged], Direction.Inbound);
    }

    private static StageHarness<SiteTagStage> Create() =>
        StageHarness.Create<SiteTagStage, SiteTagOptions>(new SiteTagOptions { Tag = 0x1234 });
}
