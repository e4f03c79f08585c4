using Culvert.Tools.Captures;

namespace Culvert.Tools.Replay;

/// <summary>Counts packets of a capture that were taken before the sender's network card did its part.</summary>
internal sealed class CaptureFindings
{
    /// <summary>Packets whose IP header leaves the length to segmentation.</summary>
    public long Unsegmented { get; private set; }

    /// <summary>Packets whose transport checksum the card completes.</summary>
    public long PartialChecksums { get; private set; }

    /// <summary>Looks at a packet.</summary>
    public void Note(Span<byte> packet)
    {
        Unsegmented += CaptureOrigin.IsUnsegmented(packet) ? 1 : 0;
        PartialChecksums += CaptureOrigin.HasPartialChecksum(packet) ? 1 : 0;
    }
}
