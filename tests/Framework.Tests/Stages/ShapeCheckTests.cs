using Culvert.Packets;
using Culvert.Stages;

namespace Framework.Tests.Stages;

/// <summary>Every member of a shape at and beyond its bounds, and every role that does not fit.</summary>
public class ShapeCheckTests
{
    private static readonly StageShape Through = StageShape.Through(PacketKind.Ip);

    public static TheoryData<string, int, int> Bounds => new()
    {
        { "Headroom", 0, 65535 }, { "Tailroom", 0, 65535 }, { "InboundHeadroom", 0, 65535 }, { "InboundTailroom", 0, 65535 },
        { "InboundReleasedFront", 0, 65535 }, { "InboundReleasedBack", 0, 65535 }, { "Overhead", 0, 65535 },
        { "Host.Mtu", 68, 65535 }, { "Host.MinMtu", 0, 65535 }, { "Network.PathMtu", 68, 65535 }, { "Network.ListenPort", 1, 65535 },
        { "Network.MaxConnections", 0, 65535 },
    };

    [Theory]
    [MemberData(nameof(Bounds))]
    public void A_number_out_of_range_is_named(string member, int min, int max)
    {
        Assert.Empty(Check(With(member, min)));
        Assert.Empty(Check(With(member, max)));
        foreach (var wrong in new[] { min - 1, max + 1, int.MinValue, int.MaxValue })
        {
            Assert.Equal($"{member} is {wrong}; valid is {min} to {max}", Assert.Single(Check(With(member, wrong))));
        }
    }

    [Fact]
    public void A_shape_that_is_null_is_named() => Assert.Equal("Shape returned null", Assert.Single(ShapeCheck.Check(null, typeof(Inner))));

    [Fact]
    public void Facts_of_an_endpoint_are_for_that_endpoint_only()
    {
        Assert.StartsWith("Host is set", Assert.Single(Check(Through with { Host = new() })), StringComparison.Ordinal);
        Assert.StartsWith("Network is set", Assert.Single(Check(Through with { Network = new() })), StringComparison.Ordinal);
    }

    [Fact]
    public void An_endpoint_by_shape_and_by_class_is_the_same()
    {
        Assert.Contains("does not implement IPacketEndpoint", Assert.Single(ShapeCheck.Check(StageShape.HostEndpoint(PacketKind.Ip), typeof(Inner))));
        Assert.Contains("implements IPacketEndpoint", Assert.Single(ShapeCheck.Check(Through, typeof(Outer))));
    }

    [Fact]
    public void Kinds_have_a_name_and_their_side()
    {
        Assert.Equal("Above has no name", Assert.Single(Check(Through with { Above = default })));
        Assert.StartsWith("Below is 'host'", Assert.Single(Check(Through with { Below = PacketKind.Host })), StringComparison.Ordinal);
        Assert.Contains("both endpoints", Assert.Single(Check(new() { Above = PacketKind.Host, Below = PacketKind.Network })));
    }

    private static IEnumerable<string> Check(StageShape shape) =>
        ShapeCheck.Check(shape, shape.IsHostEndpoint || shape.IsNetworkEndpoint ? typeof(Outer) : typeof(Inner));

    private static StageShape With(string member, int value) => member switch
    {
        "Host.Mtu" => StageShape.HostEndpoint(PacketKind.Ip, new() { Mtu = value }),
        "Host.MinMtu" => StageShape.HostEndpoint(PacketKind.Ip, new() { MinMtu = value }),
        "Network.PathMtu" => StageShape.NetworkEndpoint(PacketKind.Ip, 28, new() { PathMtu = value }),
        "Network.ListenPort" => StageShape.NetworkEndpoint(PacketKind.Ip, 28, new() { ListenPort = value }),
        "Network.MaxConnections" => StageShape.NetworkEndpoint(PacketKind.Ip, 28, new() { MaxConnections = value }),
        _ => Set(Through with { }, member, value),
    };

    private static StageShape Set(StageShape shape, string member, int value)
    {
        typeof(StageShape).GetProperty(member)!.SetValue(shape, value);
        return shape;
    }

    private sealed class Inner : IPacketStage;

    private sealed class Outer : IPacketEndpoint
    {
        public void Receive(PacketFiller filler)
        {
        }

        public void Wake()
        {
        }
    }
}
