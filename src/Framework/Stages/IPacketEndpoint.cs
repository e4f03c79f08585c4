using System.Net.Sockets;
using Culvert.Packets;

namespace Culvert.Stages;

/// <summary>
/// A stage at either end of a pipeline. One of its directions is its sink and hands the batch to the system (TUN: <c>Inbound</c> writes
/// to the device; UDP: <c>Outbound</c> sends); <see cref="Receive"/> is its source. The source and the sink run on two threads,
/// at the same time, or on one.
/// <para>
/// Where the source is a file descriptor, the host can wait for it: see <see cref="Descriptor"/>. Where both endpoints of a pipeline can
/// be polled, one thread serves both directions of a lane.
/// </para>
/// </summary>
public interface IPacketEndpoint : IPacketStage
{
    /// <summary>
    /// The file descriptor that <c>poll(2)</c> reports as readable when there is something to receive or an error to report; the same from
    /// construction to disposal. <see cref="Receive"/> then never waits: it adds what is there, perhaps nothing. A batch that it fills may
    /// leave packets behind that the descriptor does not report, and it is called again; otherwise whatever is left makes the descriptor
    /// readable. Null, the default, where there is none: the endpoint waits in <see cref="Receive"/>.
    /// </summary>
    int? Descriptor => null;

    /// <summary>
    /// Blocks until there is at least one packet or <see cref="Wake"/> was called, then fills the batch with what is there without
    /// waiting for more. May return with an empty batch. Called by one thread only. With a <see cref="Descriptor"/> it does not block.
    /// </summary>
    /// <param name="filler">An empty batch to fill, up to its capacity.</param>
    /// <exception cref="EndpointLostException">The device is gone for good: the pipeline closes gracefully.</exception>
    void Receive(PacketFiller filler);

    /// <summary>
    /// Makes a <see cref="Receive"/> that blocks, or else the next one, return soon. Called from any thread, often; cheap when a wake
    /// is pending already. Not called where there is a <see cref="Descriptor"/>.
    /// </summary>
    void Wake()
    {
    }

    /// <summary>
    /// The facts of a network endpoint as they are now, where they can differ from those of its shape: the port that the system chose, and what
    /// <see cref="Change"/> has set. Null, the default, where they do not. Any thread.
    /// </summary>
    NetworkEndpointShape? Facts => null;

    /// <summary>
    /// Takes another port or mark, in all lanes, while packets flow: a network endpoint's part of <see cref="IStageContext.ChangeNetwork"/>. The
    /// default refuses. Service thread, for the endpoint of one lane.
    /// </summary>
    /// <param name="wanted">The facts, with another port, null for one that the system chooses, or another mark.</param>
    /// <exception cref="SocketException">The system refuses; all is as before.</exception>
    void Change(NetworkEndpointShape wanted) => throw new SocketException((int)SocketError.OperationNotSupported);

    /// <summary>
    /// Whether the system would bring a datagram of the network endpoint back to this one: a host endpoint's part of
    /// <see cref="IStageContext.LeadsToHost"/>. False, the default, where nobody knows. Service thread; it does not wait.
    /// </summary>
    /// <param name="destination">The remote endpoint, with the local part that the datagram would have.</param>
    /// <param name="network">The facts of the network endpoint as they are now.</param>
    bool LeadsHere(in DatagramEndpoint destination, NetworkEndpointShape network) => false;
}
