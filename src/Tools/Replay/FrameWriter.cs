using Culvert.Tools.Captures;
using Culvert.Packets;

namespace Culvert.Tools.Replay;

/// <summary>Writes the packets that came out of a replay into frames like those they came in. Not thread-safe.</summary>
internal sealed class FrameWriter(CaptureWriter? output, IFrameLookup frames)
{
    private readonly Dictionary<LinkType, int> _interfaces = [];
    private LinkType _last = LinkType.RawIp;

    /// <summary>The number of frames that came out, written or not.</summary>
    public long Written { get; private set; }

    /// <summary>The number of packets that the stages sent the other way.</summary>
    public long SentBack { get; private set; }

    /// <summary>Writes what reached the end of the chain.</summary>
    /// <param name="batch">The packets.</param>
    /// <param name="now">The time of a packet that a stage made.</param>
    public void Write(PacketBatch batch, long now)
    {
        foreach (var packet in batch)
        {
            Written++;
            if (output is null)
            {
                continue;
            }

            if (frames.TryFind(packet.Mark, out var frame))
            {
                output.Write(
                    On(frame.LinkType), frame.Timestamp, frame.Header.Span, packet.Data,
                    frame.Header.Length + packet.Length + frame.Missing);
            }
            else
            {
                var header = LinkLayer.MakeHeader(_last, packet.Data);
                output.Write(On(_last), now, header, packet.Data, header.Length + packet.Length);
            }
        }
    }

    /// <summary>Writes a frame as it was read.</summary>
    public void Copy(in CaptureRecord record)
    {
        Written++;
        output?.Write(On(record.LinkType), record.Timestamp, [], record.Data, record.OriginalLength);
    }

    /// <summary>Counts packets that go the other way.</summary>
    public void NoteSentBack(int packets) => SentBack += packets;

    private int On(LinkType linkType)
    {
        // What stages make goes into a frame that can carry it.
        _last = LinkLayer.IsKnown(linkType) ? linkType : _last;
        if (!_interfaces.TryGetValue(linkType, out var on))
        {
            on = output!.AddInterface(linkType.ToString(), linkType);
            _interfaces.Add(linkType, on);
        }

        return on;
    }
}
