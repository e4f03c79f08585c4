using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Culvert.Packets;

/// <summary>
/// Where one packet lies: <c>Floor ≤ Start</c>, <c>Start + Length ≤ Ceiling</c>, all inside a pinned <c>Buffer</c>. The bytes between
/// Floor and Ceiling belong to this packet alone. The one place that does this arithmetic, for batches and leases both.
/// </summary>
internal struct PacketSlot
{
    public byte[] Buffer;
    public int Floor;
    public int Start;
    public int Length;
    public int Ceiling;

    /// <summary>The host's own mark, 0 for none; it stays with the packet when the batch is compacted.</summary>
    public uint Mark;

    public bool Dropped;
    public byte TrafficClass;

    public bool MayFragment;
    public DatagramEndpoint Endpoint;

    public readonly Span<byte> Data
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Debug.Assert(Floor <= Start && Start + Length <= Ceiling && Ceiling <= Buffer.Length, "A packet lies inside its slot.");
            return MemoryMarshal.CreateSpan(
                ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Buffer), (nint)(uint)Start), Length);
        }
    }

    public readonly int Headroom => Start - Floor;

    public readonly int Tailroom => Ceiling - Start - Length;

    public Span<byte> Prepend(int count)
    {
        if ((uint)count > (uint)Headroom)
        {
            throw PacketError.NoRoom("Prepend", count, Headroom, "StageShape.Headroom (inbound: InboundHeadroom)");
        }

        Start -= count;
        Length += count;
        return Data[..count];
    }

    public Span<byte> Append(int count)
    {
        if ((uint)count > (uint)Tailroom)
        {
            throw PacketError.NoRoom("Append", count, Tailroom, "StageShape.Tailroom (inbound: InboundTailroom)");
        }

        Length += count;
        return Data[(Length - count)..];
    }

    public void TrimStart(int count)
    {
        if ((uint)count > (uint)Length)
        {
            throw PacketError.TrimTooLong(count, Length);
        }

        Start += count;
        Length -= count;
    }

    public void TrimEnd(int count)
    {
        if ((uint)count > (uint)Length)
        {
            throw PacketError.TrimTooLong(count, Length);
        }

        Length -= count;
    }
}
