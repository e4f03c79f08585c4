using Culvert.Engine.Planning;
using Culvert.Stages;

namespace Engine.Tests.Planning;

/// <summary>The MTU at every boundary, from the network end upwards.</summary>
public sealed class MtuPlanTests
{
    private static readonly StageShape[] Site = [Shapes.Tun, Shapes.Clamp, Shapes.Encrypt, Shapes.Udp];

    [Fact]
    public void Overheads_add_up_from_the_path_to_the_host()
    {
        var plan = MtuPlan.Compute(Site);

        Assert.Equal([1440, 1440, 1440, 1472], plan.Above);
        Assert.Equal([1440, 1440, 1472, 1500], plan.Below);
        Assert.Equal(1440, plan.Inner);
    }

    [Fact]
    public void A_host_end_that_asks_for_less_wins_everywhere()
    {
        var plan = MtuPlan.Compute([Shapes.Tun with { Host = new() { Mtu = 1280 } }, Shapes.Clamp, Shapes.Encrypt, Shapes.Udp]);

        Assert.Equal([1280, 1280, 1280, 1312], plan.Above);
        Assert.Equal([1280, 1280, 1312, 1340], plan.Below);
    }

    [Fact]
    public void A_host_end_that_asks_for_more_gets_what_there_is() =>
        Assert.Equal(1440, MtuPlan.Compute([Shapes.Tun with { Host = new() { Mtu = 9000 } }, Shapes.Encrypt, Shapes.Udp]).Inner);

    [Theory]
    [InlineData(1400, null, 1340)]
    [InlineData(9000, null, 1440)]
    [InlineData(null, 1300, 1300)]
    [InlineData(null, 9000, 1440)]
    [InlineData(1400, 1300, 1300)]
    [InlineData(1300, 1400, 1280)] // a reported path leaves IPv6's minimum
    [InlineData(576, null, 1280)]
    [InlineData(576, 1200, 1200)] // but a device that was set below it stays there
    public void A_smaller_MTU_reported_by_an_endpoint_counts(int? path, int? host, int expected) =>
        Assert.Equal(expected, MtuPlan.Compute(Site, path, host).Inner);

    [Theory]
    [InlineData(null, null, "1500 (udp: path-mtu) - 28 (udp) - 32 (encrypt) = 1440")]
    [InlineData(1400, null, "1400 (udp: measured path) - 28 (udp) - 32 (encrypt) = 1340")]
    [InlineData(1400, 1300, "1300 (tun: the device's) = 1300")]
    public void The_derivation_names_what_was_reported(int? path, int? host, string expected)
    {
        string[] ids = ["tun", "mss-clamp", "encrypt", "udp"];
        PlacedShape[] placed = [.. Site.Zip(ids, (shape, id) => new PlacedShape(id, shape, default))];
        Assert.Equal(expected, MtuDerivation.Of(placed, MtuPlan.Compute(Site, path, host), 0));
    }

    [Fact]
    public void A_network_endpoint_without_a_path_MTU_assumes_Ethernet() =>
        Assert.Equal(1472, MtuPlan.Compute([Shapes.Tun, Shapes.Plain, Shapes.Udp with { Network = new() { PathMtu = null } }]).Inner);

    [Fact]
    public void A_plan_from_the_slow_and_obvious_rule_is_the_same()
    {
        var random = new Random(3);
        for (var round = 0; round < 1000; round++)
        {
            int? asked = random.Next(2) == 0 ? null : random.Next(100, 2000);
            StageShape[] shapes = [Shapes.Tun with { Host = new() { Mtu = asked } }, .. Middle(random), Shapes.Udp with { Network = new() { PathMtu = random.Next(500, 9000) } }];
            var plan = MtuPlan.Compute(shapes);

            // A packet of the inner MTU grows on its way to exactly the path MTU, or less when the host asked for less.
            var size = plan.Inner;
            foreach (var (shape, above, below) in shapes.Zip(plan.Above, plan.Below))
            {
                Assert.Equal(size, above);
                size += shape.Overhead;
                Assert.Equal(size, below);
            }

            var most = shapes[^1].Network!.PathMtu!.Value - shapes.Sum(shape => shape.Overhead);
            Assert.Equal(Math.Min(most, asked ?? int.MaxValue), plan.Inner);
        }
    }

    [Theory]
    [InlineData(1440, 1400, 1380)]
    [InlineData(60, 20, 0)]
    [InlineData(30, 0, 0)]
    public void The_segment_ceiling_is_the_MTU_without_the_fixed_headers(int mtu, int ipv4, int ipv6)
    {
        Assert.Equal((ipv4, ipv6), (MssCeiling.Ipv4(PacketKind.Ip, mtu), MssCeiling.Ipv6(PacketKind.Ip, mtu)));
        Assert.Null(MssCeiling.Ipv4(PacketKind.Datagram, mtu));
    }

    private static IEnumerable<StageShape> Middle(Random random) =>
        Enumerable.Range(0, random.Next(0, 6)).Select(_ => Shapes.Clamp with { Overhead = random.Next(-4, 60) });
}
