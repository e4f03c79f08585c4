using Culvert.Packets;
using Culvert.Wire.Text;

namespace Culvert.Engine.Inspection;

/// <summary>The comments on captured packets: what the stage before the boundary changed, and how the way ended.</summary>
internal static class CaptureComments
{
    /// <summary>The comment on a packet at one boundary.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="index">The crossing.</param>
    /// <param name="isLast">Whether it is the last one in the capture.</param>
    /// <returns>Null for none.</returns>
    public static string? Of(CapturedPacket packet, int index, bool isLast)
    {
        string?[] parts =
        [
            index == 0 && packet.Emitter is { } emitter ? $"emitted by {emitter}" : null,
            index == 0 ? null : Change(packet, packet.Crossings[index - 1], packet.Crossings[index]),
            isLast ? Ending(packet) : null,
        ];
        return string.Join("; ", parts.Where(part => part is not null)) is { Length: > 0 } comment ? comment : null;
    }

    private static string? Change(CapturedPacket packet, in CapturedPacket.Crossing before, in CapturedPacket.Crossing after)
    {
        var isOutbound = packet.Direction == Direction.Outbound;
        var stage = isOutbound ? after.Boundary.Upper : after.Boundary.Lower;
        if (stage != (isOutbound ? before.Boundary.Lower : before.Boundary.Upper))
        {
            return null;
        }

        if (before.Boundary.IsIp != after.Boundary.IsIp)
        {
            return $"{stage}: {Describe(before)} → {Describe(after)}";
        }

        if (!after.Boundary.IsIp)
        {
            return null;
        }

        if (after.Boundary.Condition is { } when && !when.Matches(packet.BytesOf(before), packet.Direction))
        {
            return $"passed by {stage}: {when.Opposite}";
        }

        var changes = FieldChanges.Compare(packet.BytesOf(before), packet.BytesOf(after)).All;
        return changes.Count == 0 ? null : $"{stage} changed {string.Join(", ", changes)}";
    }

    private static string Describe(in CapturedPacket.Crossing crossing) =>
        $"{(crossing.Boundary.IsIp ? "ip" : "datagram")}, {crossing.OriginalLength} bytes";

    private static string? Ending(CapturedPacket packet) => packet.End switch
    {
        CaptureEnd.Dropped => $"{packet.EndedAt} dropped it: {packet.Reason}",
        CaptureEnd.Taken => $"{packet.EndedAt} took it",
        CaptureEnd.Faulted => $"{packet.EndedAt} threw",
        _ => null,
    };
}
