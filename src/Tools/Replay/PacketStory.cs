using Culvert.Packets;

namespace Culvert.Tools.Replay;

/// <summary>A packet's way through the stages that take IP packets.</summary>
/// <param name="Number">Its record's number in the capture, from 1.</param>
/// <param name="Timestamp">Nanoseconds since 1970 UTC; 0 when it has no time.</param>
/// <param name="Direction">Which way it went.</param>
/// <param name="Bytes">The packet as it came in.</param>
/// <param name="Steps">The stages that it came to, in the order of its way.</param>
internal sealed record PacketStory(long Number, long Timestamp, Direction Direction, byte[] Bytes, IReadOnlyList<StageStep> Steps)
{
    /// <summary>The packet as it came out; null when it did not.</summary>
    public byte[]? Result => Steps.Count == 0 ? Bytes : Steps[^1].After;
}
