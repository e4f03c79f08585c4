using Culvert.Packets;
using Culvert.Testing;

namespace HelloSpace.Tests;

public sealed class HelloClassTests
{
    [Fact]
    public void Short_packets_are_dropped()
    {
        using var harness = StageHarness.Create<HelloClassStage, HelloClassOptions>(new HelloClassOptions { MinLength = 40 });

        var result = harness.Outbound(
            PacketBuilder.Ipv4().Udp().Build(),
            PacketBuilder.Ipv4().Udp().Payload(100).Build());

        Assert.Single(result.Packets);
        Assert.Equal(1, result.Drops["too-short"]);
    }

    [Fact]
    public void The_laws_of_every_stage_hold()
    {
        using var harness = StageHarness.Create<HelloClassStage, HelloClassOptions>(new HelloClassOptions());

        ConformanceLaws.CheckAll(harness, [PacketBuilder.Ipv4().Tcp().Payload(100).Build()], Direction.Outbound);
    }
}
