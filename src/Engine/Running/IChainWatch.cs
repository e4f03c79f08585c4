using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>
/// Sees chosen packets at each boundary of the chain, to trace or to judge them. Called on one direction's loop; must neither change the
/// batch nor throw.
/// </summary>
internal interface IChainWatch
{
    /// <summary>Looks whether this batch holds a packet to follow. False costs no more than this call.</summary>
    bool WantsBatch(Chain chain, int entry, PacketBatch batch);

    /// <summary>The walk begins; <paramref name="entry"/> is 0 for what an end received, else the step behind the emitting stage.</summary>
    void Begin(Chain chain, int entry, PacketBatch batch);

    /// <summary>A stage is about to get the batch.</summary>
    void Before(StageNode node, PacketBatch batch);

    /// <summary>A stage has had the batch; what it dropped is still in its place.</summary>
    void After(StageNode node, PacketBatch batch);

    /// <summary>The walk is over, also after a fault.</summary>
    void End(PacketBatch batch);
}
