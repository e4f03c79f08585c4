using Culvert.Filtering;
using Culvert.Packets;

namespace Culvert.Engine.Inspection;

/// <summary>How a captured packet's way ended.</summary>
internal enum CaptureEnd
{
    /// <summary>At the other endpoint.</summary>
    Sunk,

    /// <summary>A stage dropped it.</summary>
    Dropped,

    /// <summary>A stage took it, to keep or to answer it.</summary>
    Taken,

    /// <summary>A stage threw.</summary>
    Faulted,
}

/// <summary>
/// A packet at each boundary that it has crossed. Filled on the loop that carries it, read by the thread that writes the file, then used again:
/// it has names and bytes, but no object of a stage, so that it keeps no plugin in memory. Not thread-safe.
/// </summary>
internal sealed class CapturedPacket
{
    private const int FirstBuffer = 4096;

    private readonly List<Crossing> _crossings = [];
    private byte[] _bytes = [];
    private int _used;

    /// <summary>The time of its batch.</summary>
    public long Timestamp { get; private set; }

    public Direction Direction { get; private set; }

    /// <summary>The stage that emitted it; null for a received one.</summary>
    public string? Emitter { get; private set; }

    /// <summary>Whether the filter matches it; false while it cannot be read yet.</summary>
    public bool Matches { get; set; }

    /// <summary>The boundary that it crossed without being copied; null for none.</summary>
    public CaptureBoundary? Missed { get; set; }

    public CaptureEnd End { get; private set; }

    /// <summary>The stage at which it ended, unless it is <see cref="CaptureEnd.Sunk"/>.</summary>
    public string EndedAt { get; private set; } = "";

    /// <summary>The reason of a drop.</summary>
    public string Reason { get; private set; } = "";

    public IReadOnlyList<Crossing> Crossings => _crossings;

    public void Begin(long timestamp, Direction direction, string? emitter, bool matches)
    {
        (Timestamp, Direction, Emitter, Matches, Missed) = (timestamp, direction, emitter, matches, null);
        (End, EndedAt, Reason, _used) = (CaptureEnd.Sunk, "", "", 0);
        _crossings.Clear();
    }

    /// <summary>Copies the packet as it is at a boundary.</summary>
    public void Cross(CaptureBoundary boundary, in PacketSlot slot, int snapLength)
    {
        var length = Math.Min(slot.Length, snapLength);
        if (_bytes.Length - _used < length)
        {
            Array.Resize(ref _bytes, Math.Max(FirstBuffer, 2 * (_used + length)));
        }

        slot.Data[..length].CopyTo(_bytes.AsSpan(_used));
        _crossings.Add(new Crossing(boundary, _used, length, slot.Length, slot.Endpoint));
        _used += length;
    }

    public void EndAt(string stage, CaptureEnd end, string reason = "") => (EndedAt, End, Reason) = (stage, end, reason);

    /// <summary>The bytes at a crossing.</summary>
    public Span<byte> BytesOf(in Crossing crossing) => _bytes.AsSpan(crossing.Offset, crossing.Length);

    /// <summary>The packet at one boundary.</summary>
    internal readonly record struct Crossing(CaptureBoundary Boundary, int Offset, int Length, int OriginalLength, DatagramEndpoint Endpoint);
}

/// <summary>The boundary between two neighbours, in one direction.</summary>
/// <param name="Upper">The stage above.</param>
/// <param name="Lower">The stage below.</param>
/// <param name="IsIp">Whether IP packets cross it.</param>
/// <param name="IsWanted">Whether it is part of the capture; otherwise its packets are only compared with those behind the next stage.</param>
/// <param name="Condition">The condition of the stage that packets come from; null for none.</param>
internal sealed record CaptureBoundary(string Upper, string Lower, bool IsIp, bool IsWanted, PacketFilter? Condition);
