using Culvert.Tools.Captures;
using Culvert.Packets;

namespace Culvert.Tools.Replay;

/// <summary>
/// The frames of a batch while it is replayed: the IP packets one behind the other with the planned room around each, and apart from
/// them what the writer needs again (time, link header, length on the wire). A packet's mark is its frame's number plus one. Not
/// thread-safe.
/// </summary>
internal sealed class FrameStore(PacketRoom room) : IFrameLookup
{
    /// <summary>The most frames of a batch.</summary>
    public const int Capacity = 128;

    private const int LongestHeader = 64;

    private readonly byte[] _packets = GC.AllocateUninitializedArray<byte>(
        CaptureReader.MaxRecord + (Capacity * 2048) + room.Headroom + room.Tailroom, pinned: true);

    private readonly byte[] _headers = new byte[Capacity * LongestHeader];
    private readonly Frame[] _frames = new Frame[Capacity];
    private int _used;

    /// <summary>The number of frames it contains.</summary>
    public int Count { get; private set; }

    /// <summary>Whether no further frame fits.</summary>
    public bool IsFull => Count == Capacity;

    /// <summary>The time of the first frame that it holds.</summary>
    public long FirstTimestamp => _frames[0].Meta.Timestamp;

    /// <summary>All frames so far.</summary>
    public long Read { get; private set; }

    /// <summary>Frames so far that carried no IP packet.</summary>
    public long NotIp { get; private set; }

    /// <summary>Frames so far that the snap length had cut.</summary>
    public long Cut { get; private set; }

    /// <summary>Packets so far that were larger than the pipeline's MTU.</summary>
    public long OverMtu { get; private set; }

    /// <summary>Packets so far that were captured before the sender's network card did its part.</summary>
    public CaptureFindings Findings { get; } = new();

    /// <summary>Whether a packet of that length still fits.</summary>
    public bool Fits(int length) => !IsFull && _used + room.Headroom + length + room.Tailroom <= _packets.Length;

    /// <summary>Counts a frame without an IP packet.</summary>
    public void NoteOther(LinkType type)
    {
        (Read, NotIp) = (Read + 1, NotIp + 1);
        Findings.NoteOther(type);
    }

    /// <summary>Copies a frame in.</summary>
    /// <param name="record">The frame; it fits.</param>
    /// <param name="offset">Where its IP packet starts.</param>
    /// <param name="mtu">What counts as too large.</param>
    public void Add(in CaptureRecord record, int offset, int mtu)
    {
        var length = record.Data.Length - offset;
        Read++;
        Cut += record.IsCut ? 1 : 0;
        OverMtu += length > mtu ? 1 : 0;
        Findings.Note(record.Data[offset..]);
        var start = _used + room.Headroom;
        record.Data[offset..].CopyTo(_packets.AsSpan(start));
        var header = _headers.AsMemory(Count * LongestHeader, offset);
        record.Data[..offset].CopyTo(header.Span);
        var meta = new FrameMeta(record.Timestamp, record.LinkType, header, record.OriginalLength - record.Data.Length);
        _frames[Count++] = new Frame(meta, _used, start, length);
        _used = start + length + room.Tailroom;
    }

    /// <summary>Puts the packets into a batch, without copying them again.</summary>
    public void Fill(PacketBatch batch)
    {
        for (var i = 0; i < Count; i++)
        {
            ref readonly var frame = ref _frames[i];
            var packet = batch.AddForeign(_packets, frame.Floor, frame.Start, frame.Length, frame.Start + frame.Length + room.Tailroom);
            packet.Mark = (uint)i + 1;
        }
    }

    /// <inheritdoc/>
    public bool TryFind(uint mark, out FrameMeta frame)
    {
        var known = mark != 0 && mark <= Count;
        frame = known ? _frames[mark - 1].Meta : default;
        return known;
    }

    /// <summary>Discards the frames; the counts continue.</summary>
    public void Clear() => (Count, _used) = (0, 0);

    /// <param name="Meta">What the writer needs again.</param>
    /// <param name="Floor">Where its place begins.</param>
    /// <param name="Start">Where its packet begins.</param>
    /// <param name="Length">The packet's bytes.</param>
    private readonly record struct Frame(FrameMeta Meta, int Floor, int Start, int Length);
}
