using Culvert.Packets;

namespace Culvert.Stages;

/// <summary>
/// An end whose source is a file of the system, so that a thread can wait for it together with others. Where both ends of a pipeline are
/// such, one thread serves both directions of a lane and <see cref="IPacketEndpoint.Receive"/> is not called.
/// </summary>
public interface IPollableEndpoint : IPacketEndpoint
{
    /// <summary>
    /// The descriptor that <c>poll(2)</c> reports as readable when there is something to receive, or an error to tell. The same from
    /// construction to disposal. Null where this system has none.
    /// </summary>
    int? Descriptor { get; }

    /// <summary>
    /// Adds to the batch what is there, and never waits. It may add nothing. When it fills the batch there may be more that the
    /// descriptor does not tell of, and it is called again; when it does not, whatever is left makes the descriptor readable. Called by the
    /// thread that would call <see cref="IPacketEndpoint.Receive"/>.
    /// </summary>
    /// <param name="filler">An empty batch to fill, up to its capacity.</param>
    /// <exception cref="EndpointLostException">The device is gone for good: the pipeline closes in order.</exception>
    void TryReceive(PacketFiller filler);
}
