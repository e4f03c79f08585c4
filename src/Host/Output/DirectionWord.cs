using Culvert.Packets;

namespace Culvert.Host.Output;

/// <summary>The word for a direction, as users write it and commands print it.</summary>
internal static class DirectionWord
{
    public static string Of(Direction direction) => direction == Direction.Outbound ? "outbound" : "inbound";
}
