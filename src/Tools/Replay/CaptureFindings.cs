using Culvert.Tools.Captures;

namespace Culvert.Tools.Replay;

/// <summary>Counts what a capture shows that no stage can read as it was on the wire.</summary>
internal sealed class CaptureFindings
{
    /// <summary>Packets whose IP header leaves the length to segmentation.</summary>
    public long Unsegmented { get; private set; }

    /// <summary>Packets whose transport checksum the card completes.</summary>
    public long PartialChecksums { get; private set; }

    /// <summary>Frames of link types in which Culvert finds no IP packets.</summary>
    public long UnknownLinks { get; private set; }

    /// <summary>The link type of the first of these.</summary>
    public LinkType FirstUnknownLink { get; private set; }

    /// <summary>Looks at the link type of a frame without an IP packet.</summary>
    public void NoteOther(LinkType type)
    {
        if (!LinkLayer.IsKnown(type))
        {
            FirstUnknownLink = UnknownLinks++ == 0 ? type : FirstUnknownLink;
        }
    }

    /// <summary>Looks at a packet.</summary>
    public void Note(Span<byte> packet)
    {
        Unsegmented += CaptureOrigin.IsUnsegmented(packet) ? 1 : 0;
        PartialChecksums += CaptureOrigin.HasPartialChecksum(packet) ? 1 : 0;
    }
}
