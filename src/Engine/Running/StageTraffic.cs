using System.Runtime.InteropServices;

namespace Culvert.Engine.Running;

/// <summary>
/// What went through one stage in one direction of one lane. Written by that direction's loop alone, with plain additions; read from any
/// thread. The numbers lie on cache lines of their own, because the other direction's loop writes its own on another processor.
/// </summary>
internal sealed class StageTraffic
{
    private const int MaxTimed = 20_000;

    private Cells _cells;

    public long PacketsIn => Volatile.Read(ref _cells.PacketsIn);

    public long BytesIn => Volatile.Read(ref _cells.BytesIn);

    public long Dropped => Volatile.Read(ref _cells.Dropped);

    public long Taken => Volatile.Read(ref _cells.Taken);

    public long Consumed => Volatile.Read(ref _cells.Consumed);

    public long Faulted => Volatile.Read(ref _cells.Faulted);

    public long Emitted => Volatile.Read(ref _cells.Emitted);

    /// <summary>Packets that the stage passed on.</summary>
    public long Passed => PacketsIn - Dropped - Taken - Consumed - Faulted;

    public long PassedBy => Volatile.Read(ref _cells.PassedBy);

    public long TimedPackets => Volatile.Read(ref _cells.TimedPackets);

    public long TimedTicks => Volatile.Read(ref _cells.TimedTicks);

    /// <summary>A batch came to the stage.</summary>
    public void NoteIn(int packets, long bytes)
    {
        _cells.PacketsIn += packets;
        _cells.BytesIn += bytes;
    }

    /// <summary>Not all of the batch was passed on.</summary>
    public void NoteGone(int dropped, int taken, int consumed)
    {
        _cells.Dropped += dropped;
        _cells.Taken += taken;
        _cells.Consumed += consumed;
    }

    /// <summary>The stage threw, and these packets were dropped for it.</summary>
    public void NoteFaulted(int packets) => _cells.Faulted += packets;

    /// <summary>Packets that the stage emitted in this direction were sent on their way.</summary>
    public void NoteEmitted(int packets) => _cells.Emitted += packets;

    /// <summary>These packets of a batch did not match the entry's condition.</summary>
    public void NotePassedBy(int packets) => _cells.PassedBy += packets;

    /// <summary>A batch whose time was taken. What is long ago weighs less and less.</summary>
    public void NoteTimed(int packets, long ticks)
    {
        if (_cells.TimedPackets >= MaxTimed)
        {
            _cells.TimedPackets /= 2;
            _cells.TimedTicks /= 2;
        }

        _cells.TimedPackets += packets;
        _cells.TimedTicks += ticks;
    }

    [StructLayout(LayoutKind.Explicit, Size = 4 * CacheLine)]
    private struct Cells
    {
        private const int CacheLine = 64;

        [FieldOffset(CacheLine)]
        public long PacketsIn;

        [FieldOffset(CacheLine + 8)]
        public long BytesIn;

        [FieldOffset(CacheLine + 16)]
        public long Dropped;

        [FieldOffset(CacheLine + 24)]
        public long Taken;

        [FieldOffset(CacheLine + 32)]
        public long Faulted;

        [FieldOffset(CacheLine + 40)]
        public long Emitted;

        [FieldOffset(CacheLine + 48)]
        public long TimedPackets;

        [FieldOffset(CacheLine + 56)]
        public long TimedTicks;

        [FieldOffset(2 * CacheLine)]
        public long Consumed;

        [FieldOffset((2 * CacheLine) + 8)]
        public long PassedBy;
    }
}
