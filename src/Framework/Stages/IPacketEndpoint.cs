using Culvert.Packets;

namespace Culvert.Stages;

/// <summary>
/// A stage at either end of a pipeline. One of its directions is its sink and hands the batch to the system (TUN: <c>Inbound</c> writes
/// to the device; UDP: <c>Outbound</c> sends); <see cref="Receive"/> is its source. The source and the sink run on two threads,
/// at the same time, or on one.
/// </summary>
public interface IPacketEndpoint : IPacketStage
{
    /// <summary>
    /// Blocks until there is at least one packet or <see cref="Wake"/> was called, then fills the batch with what is there without
    /// waiting for more. May return with an empty batch. Called by one thread only. An <see cref="IPollableEndpoint"/> does not block.
    /// </summary>
    /// <param name="filler">An empty batch to fill, up to its capacity.</param>
    /// <exception cref="EndpointLostException">The device is gone for good: the pipeline closes gracefully.</exception>
    void Receive(PacketFiller filler);

    /// <summary>
    /// Makes a <see cref="Receive"/> that blocks, or else the next one, return soon. Called from any thread, often; cheap when a wake
    /// is pending already.
    /// </summary>
    void Wake();
}
