using System.Diagnostics.CodeAnalysis;
using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>
/// Carries what stages have emitted in one direction: takes a group that one stage emitted and walks it from behind that stage. Belongs
/// to the thread that runs the direction; only <see cref="Queue"/> is filled from others.
/// </summary>
internal sealed class EmissionCarrier(
    Direction direction, ChainWalker walker, PacketBatch batch, TimeProvider time, IFaultSink faults)
{
    private readonly PooledPacket[] _carried = new PooledPacket[batch.Capacity];

    /// <summary>The queue of emissions.</summary>
    public EmissionQueue Queue { get; } = new(direction);

    /// <summary>Carries the longest run from the front that one stage emitted.</summary>
    /// <returns>False when nothing waited.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a stage emitted must not end the loop; its emitter is named.")]
    public bool CarryGroup(Chain chain)
    {
        var count = Queue.Take(_carried, out var emitter);
        if (count == 0)
        {
            return false;
        }

        var packets = _carried.AsSpan(0, count);
        try
        {
            Carry(chain, emitter!, packets);
        }
        catch (Exception error)
        {
            batch.Clear();
            emitter!.Unit.HostDrops.Note(HostDrop.Undeliverable, direction, count);
            faults.BatchFault(emitter, direction, count, error);
        }

        foreach (var packet in packets)
        {
            packet.Return();
        }

        return true;
    }

    private void Carry(Chain chain, StageNode emitter, ReadOnlySpan<PooledPacket> packets)
    {
        var entry = chain.EntryFor(emitter, direction);
        if (entry < 0)
        {
            emitter.Unit.HostDrops.Note(HostDrop.Undeliverable, direction, packets.Length);
            return;
        }

        batch.Clear();
        foreach (var packet in packets)
        {
            batch.AddEmitted(packet);
        }

        batch.Timestamp = time.GetTimestamp();
        emitter.Traffic(direction).NoteEmitted(packets.Length);
        walker.Walk(chain, entry, batch, emitter);
    }
}
