using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Inspection;

/// <summary>The packet kinds that a stage takes and forwards, by direction.</summary>
internal static class ShapeKinds
{
    public static PacketKind KindBefore(this StageShape shape, Direction direction) =>
        direction == Direction.Outbound ? shape.Above : shape.Below;

    public static PacketKind KindBehind(this StageShape shape, Direction direction) =>
        direction == Direction.Outbound ? shape.Below : shape.Above;
}
