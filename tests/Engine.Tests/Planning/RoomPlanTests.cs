using Culvert.Engine.Planning;
using Culvert.Packets;
using Culvert.Stages;

namespace Engine.Tests.Planning;

/// <summary>The room around packets, so that no stage ever copies to make space.</summary>
public sealed class RoomPlanTests
{
    [Fact]
    public void Outbound_needs_add_up()
    {
        var room = Plan(Shapes.Tun, Shapes.Encrypt, Shapes.Udp);

        Assert.Equal(new PacketRoom(16, 1440, 31), room.Outbound);
    }

    [Fact]
    public void Inbound_packets_are_as_large_as_the_path_carries() =>
        Assert.Equal(new PacketRoom(0, 1500, 0), Plan(Shapes.Tun with { Host = new() { Mtu = 1280 } }, Shapes.Encrypt, Shapes.Udp).Inbound);

    [Fact]
    public void An_inbound_stage_uses_what_the_stages_before_it_cut_off()
    {
        var widens = Shapes.Clamp with { InboundHeadroom = 20, InboundTailroom = 10 };
        var room = Plan(Shapes.Tun, widens, Shapes.Encrypt, Shapes.Udp);

        Assert.Equal(new PacketRoom(4, 1500, 0), room.Inbound);
        Assert.Equal(new PacketRoom(20, 1500, 31), room.Lease);
    }

    [Fact]
    public void What_is_cut_off_above_a_stage_does_not_help_it()
    {
        var cuts = Shapes.Clamp with { InboundReleasedFront = 100 };
        var widens = Shapes.Clamp with { InboundHeadroom = 20 };

        Assert.Equal(20, Plan(Shapes.Tun, cuts, widens, Shapes.Plain, Shapes.Udp).Inbound.Headroom);
        Assert.Equal(0, Plan(Shapes.Tun, widens, cuts, Shapes.Plain, Shapes.Udp).Inbound.Headroom);
    }

    [Fact]
    public void Random_chains_never_run_out_of_room()
    {
        var random = new Random(5);
        for (var round = 0; round < 1000; round++)
        {
            StageShape[] shapes = [Shapes.Tun, .. Enumerable.Range(0, random.Next(1, 7)).Select(_ => Random(random)), Shapes.Plain, Shapes.Udp];
            var room = Plan(shapes);
            Assert.True(Walk(shapes, room.Outbound.Headroom, shape => shape.Headroom, _ => 0));
            Assert.True(Walk(shapes, room.Outbound.Tailroom, shape => shape.Tailroom, _ => 0));
            StageShape[] upwards = [.. shapes.Reverse()];
            Assert.True(Walk(upwards, room.Inbound.Headroom, shape => shape.InboundHeadroom, shape => shape.InboundReleasedFront));
            Assert.True(Walk(upwards, room.Inbound.Tailroom, shape => shape.InboundTailroom, shape => shape.InboundReleasedBack));
            if (room.Inbound.Headroom > 0)
            {
                // The least that is enough: a byte less is not.
                Assert.False(Walk(upwards, room.Inbound.Headroom - 1, shape => shape.InboundHeadroom, shape => shape.InboundReleasedFront));
            }

            for (var start = 0; start < upwards.Length; start++)
            {
                Assert.True(Walk(upwards[start..], room.Lease.Headroom, shape => shape.InboundHeadroom, shape => shape.InboundReleasedFront));
            }
        }
    }

    private static bool Walk(IEnumerable<StageShape> order, int room, Func<StageShape, int> needs, Func<StageShape, int> releases)
    {
        foreach (var shape in order)
        {
            room -= needs(shape);
            if (room < 0)
            {
                return false;
            }

            room += releases(shape);
        }

        return true;
    }

    private static StageShape Random(Random random) => Shapes.Clamp with
    {
        Headroom = random.Next(40),
        Tailroom = random.Next(40),
        InboundHeadroom = random.Next(40),
        InboundTailroom = random.Next(40),
        InboundReleasedFront = random.Next(40),
        InboundReleasedBack = random.Next(40),
    };

    private static RoomPlan Plan(params StageShape[] shapes) => RoomPlan.Compute(shapes, MtuPlan.Compute(shapes));
}
