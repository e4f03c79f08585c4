using Culvert.Tools.Captures;

namespace Culvert.Tools.Replay;

/// <summary>
/// The latest frames of a capture while their packets are under way between two sites, found by mark. One that is under way for longer
/// than the ring holds is forgotten: memory stays constant. Not thread-safe.
/// </summary>
internal sealed class FrameRing : IFrameLookup
{
    private const int Capacity = 4096;

    private readonly (uint Mark, FrameMeta Meta)[] _frames = new (uint, FrameMeta)[Capacity];
    private uint _last;

    /// <summary>Keeps a frame.</summary>
    /// <param name="record">The frame.</param>
    /// <param name="offset">Where its IP packet starts.</param>
    /// <returns>The mark that its packet gets; never 0.</returns>
    public uint Add(in CaptureRecord record, int offset)
    {
        _last = _last == uint.MaxValue ? 1 : _last + 1;
        var header = offset == 0 ? [] : record.Data[..offset].ToArray();
        _frames[_last % Capacity] =
            (_last, new FrameMeta(record.Timestamp, record.LinkType, header, record.OriginalLength - record.Data.Length));
        return _last;
    }

    /// <inheritdoc/>
    public bool TryFind(uint mark, out FrameMeta frame)
    {
        ref readonly var entry = ref _frames[mark % Capacity];
        frame = entry.Meta;
        return mark != 0 && entry.Mark == mark;
    }
}
