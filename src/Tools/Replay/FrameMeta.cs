using Culvert.Tools.Captures;

namespace Culvert.Tools.Replay;

/// <summary>The parts of a frame beside its packet that are kept for writing it again.</summary>
/// <param name="Timestamp">Nanoseconds since 1970 UTC.</param>
/// <param name="LinkType">What the frame is.</param>
/// <param name="Header">The bytes in front of the IP packet.</param>
/// <param name="Missing">
/// Bytes of the length on the wire beyond those that were captured: what the snap length cut off; negative in a capture that contradicts itself.
/// </param>
internal readonly record struct FrameMeta(long Timestamp, LinkType LinkType, ReadOnlyMemory<byte> Header, long Missing);

/// <summary>Finds the frame that a packet came in, by its mark.</summary>
internal interface IFrameLookup
{
    /// <summary>Finds it.</summary>
    /// <returns>False for a packet that a stage made, or one that was under way for too long.</returns>
    bool TryFind(uint mark, out FrameMeta frame);
}
