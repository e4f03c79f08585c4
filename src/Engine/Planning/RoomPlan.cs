using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Planning;

/// <summary>
/// Sums what stages prepend and append, so that every packet slot has the room from the start and no stage copies. Outbound every
/// need adds up. Inbound a stage may use what the stages before it have cut off. Pure; all numbers are bytes.
/// </summary>
/// <param name="Outbound">The room of a packet that the host end fills.</param>
/// <param name="Inbound">The room of a packet that the network end fills.</param>
/// <param name="Lease">The room of a packet that any stage may emit in either direction.</param>
internal sealed record RoomPlan(PacketRoom Outbound, PacketRoom Inbound, PacketRoom Lease)
{
    /// <summary>Computes the plan.</summary>
    /// <param name="shapes">From the host end to the network end.</param>
    /// <param name="mtu">The MTU plan of the same shapes, as the file gives it.</param>
    public static RoomPlan Compute(IReadOnlyList<StageShape> shapes, MtuPlan mtu)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        ArgumentNullException.ThrowIfNull(mtu);
        var upwards = shapes.Reverse().ToArray();
        // A peer may count smaller headers than this side does (IPv4 below it, IPv6 here): what the path carries is the bound.
        var inboundSize = Math.Max(shapes[^1].Network?.PathMtu ?? MtuPlan.DefaultPathMtu, mtu.Below[^1]);
        var outbound = new PacketRoom(shapes.Sum(shape => shape.Headroom), mtu.Inner, shapes.Sum(shape => shape.Tailroom));
        var inbound = new PacketRoom(InboundNeed(upwards, Front), inboundSize, InboundNeed(upwards, Back));
        var lease = new PacketRoom(
            Math.Max(outbound.Headroom, LeaseNeed(upwards, Front)),
            Math.Max(outbound.Size, inboundSize),
            Math.Max(outbound.Tailroom, LeaseNeed(upwards, Back)));
        return new RoomPlan(outbound, inbound, lease);
    }

    private static (int Need, int Released) Front(StageShape shape) => (shape.InboundHeadroom, shape.InboundReleasedFront);

    private static (int Need, int Released) Back(StageShape shape) => (shape.InboundTailroom, shape.InboundReleasedBack);

    private static int InboundNeed(ReadOnlySpan<StageShape> upwards, Func<StageShape, (int Need, int Released)> side)
    {
        var used = 0;
        var most = 0;
        foreach (var shape in upwards)
        {
            var (need, released) = side(shape);
            most = Math.Max(most, used + need);
            used += need - released;
        }

        return most;
    }

    // A lease may start above any stage, so the release of a stage below its start does not count.
    private static int LeaseNeed(StageShape[] upwards, Func<StageShape, (int Need, int Released)> side)
    {
        var most = 0;
        for (var start = 0; start < upwards.Length; start++)
        {
            most = Math.Max(most, InboundNeed(upwards.AsSpan(start), side));
        }

        return most;
    }
}
