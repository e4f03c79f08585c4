using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Inspection;

/// <summary>Which kind of packet a stage gets and hands on, by direction.</summary>
internal static class ShapeKinds
{
    public static PacketKind KindBefore(this StageShape shape, Direction direction) =>
        direction == Direction.Outbound ? shape.Above : shape.Below;

    public static PacketKind KindBehind(this StageShape shape, Direction direction) =>
        direction == Direction.Outbound ? shape.Below : shape.Above;
}
