using Culvert.Counters;
using Culvert.Engine.Running;
using Culvert.Packets;

namespace Culvert.Engine.Inspection;

/// <summary>
/// One that follows packets through one direction of one lane. While it does, each packet of the batch carries its number as a mark,
/// from 1, whatever is dropped around it. Called on that direction's loop.
/// </summary>
internal interface IPacketObserver
{
    /// <summary>A walk is about to begin; the marks are not set yet.</summary>
    /// <returns>True to follow packets of this batch.</returns>
    bool Begin(PacketBatch batch, StageNode first, StageNode? emitter);

    /// <summary>A stage is about to get the batch.</summary>
    void Before(StageNode node, PacketBatch batch);

    /// <summary>A stage dropped a packet.</summary>
    void Dropped(StageNode node, uint mark, DropReason reason);

    /// <summary>A stage has had the batch; what it dropped or took is still in its place.</summary>
    void After(StageNode node, PacketBatch batch);

    /// <summary>The walk is over.</summary>
    void End();
}
