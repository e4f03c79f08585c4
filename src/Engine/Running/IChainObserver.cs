using Culvert.Packets;

namespace Culvert.Engine.Running;

/// <summary>
/// Sees chosen packets at each boundary of the chain, to trace or to judge them. Called on one direction's loop; it changes no packet
/// and does not throw.
/// </summary>
internal interface IChainObserver
{
    /// <summary>A walk is about to begin.</summary>
    /// <param name="batch">The packets.</param>
    /// <param name="first">The stage that gets them first.</param>
    /// <param name="emitter">The stage that emitted them; null for what an end received.</param>
    /// <returns>False when there is nothing to follow in this batch: then the other methods are not called for it.</returns>
    bool Begin(PacketBatch batch, StageNode first, StageNode? emitter);

    /// <summary>A stage is about to get the batch.</summary>
    void Before(StageNode node, PacketBatch batch);

    /// <summary>A stage has had the batch; what it dropped or took is still in its place.</summary>
    void After(StageNode node, PacketBatch batch);

    /// <summary>The walk is over, also after a fault.</summary>
    void End(PacketBatch batch);
}
