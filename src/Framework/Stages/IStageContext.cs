using System.Net.Sockets;
using Culvert.Counters;
using Culvert.Packets;
using Culvert.Wire;
using Microsoft.Extensions.Logging;

namespace Culvert.Stages;

/// <summary>
/// The host's services for one stage: its place in the plan, counters, packets to send, timers, the clock, the log. Every member may be
/// used from any thread, from the constructor on; what is emitted or posted before the pipeline runs waits until it does.
/// </summary>
public interface IStageContext
{
    /// <summary>The entry's id in pipeline.yaml, unique in the pipeline: <c>mss-clamp</c>, <c>mss-clamp-2</c>.</summary>
    string Id { get; }

    /// <summary>The lane that this instance serves, from 0.</summary>
    int Lane { get; }

    /// <summary>The number of lanes, 1 or more.</summary>
    int Lanes { get; }

    /// <summary>
    /// The stage's place in the plan that runs, with the facts of both endpoints. Later MTUs are in <see cref="Mtu"/>, not here.
    /// </summary>
    StagePlan Plan { get; }

    /// <summary>The facts of the network endpoint as they are now, with the port that the system chose.</summary>
    NetworkEndpointShape Network => Plan.Network;

    /// <summary>
    /// Asks the network endpoint to take another port or mark under traffic, for a stage that serves a protocol which sets them, as WireGuard's
    /// tools do. It lasts until the endpoint's options change. Service thread, once the pipeline runs.
    /// </summary>
    /// <param name="wanted"><see cref="Network"/> with another <see cref="NetworkEndpointShape.ListenPort"/>, null for one that the system chooses,
    /// or another <see cref="NetworkEndpointShape.FirewallMark"/>.</param>
    /// <exception cref="SocketException">The system refuses, or the endpoint cannot change; all is as before.</exception>
    void ChangeNetwork(NetworkEndpointShape wanted) => throw new SocketException((int)SocketError.OperationNotSupported);

    /// <summary>
    /// Whether the system routes datagrams of the network endpoint to a destination into the host endpoint's device: they would come back as packets and
    /// never leave. False where nobody knows, and until the pipeline runs. Asks the system; for a stage that chooses endpoints, off the data path. Service
    /// thread.
    /// </summary>
    /// <param name="destination">The remote endpoint, with the local part that the datagram would have.</param>
    bool LeadsToHost(in DatagramEndpoint destination) => false;

    /// <summary>
    /// Whether packets come from a file or are copies (replay, explain, test, shadow): a stage that would write files or open connections then does
    /// not.
    /// </summary>
    bool IsOffline => false;

    /// <summary>
    /// The largest packet in bytes at the stage's place: what may come to it from above (at a host endpoint: the largest that it may send
    /// down). It may change while the pipeline runs; read it once a batch.
    /// </summary>
    int Mtu { get; }

    /// <summary>
    /// Returns the largest packet in bytes that this stage should send towards one destination of the network, at most <see cref="Mtu"/>.
    /// Where the host knows no smaller path MTU to the destination, it is <see cref="Mtu"/>; read it once a batch and destination.
    /// </summary>
    /// <param name="destination">A packet's endpoint.</param>
    int MtuTo(in DatagramEndpoint destination) => Mtu;

    /// <summary>
    /// Returns the largest packets in bytes that pass between this stage's place and an address of the network, by direction and each at most
    /// <see cref="Mtu"/>: what the nearest stage below that follows paths knows (<see cref="IPacketStage.PathTo"/>), else <see cref="Mtu"/>.
    /// Cheap enough for every SYN.
    /// </summary>
    /// <param name="address">The destination of an outbound packet, or the source of an inbound one.</param>
    (int Outbound, int Inbound) PathTo(in IpAddressValue address) => (Mtu, Mtu);

    /// <summary>Raised on the service thread after <see cref="Mtu"/> has changed.</summary>
    event Action MtuChanged;

    /// <summary>The pipeline's clock. All time comes from it, so that tests can turn it.</summary>
    TimeProvider Time { get; }

    /// <summary>
    /// Random numbers that are not secret: jitter, sampling, identifiers. All of them come from here, so that a replay can repeat them. Keys
    /// and nonces come from a cryptographic library instead.
    /// </summary>
    Random Random { get; }

    /// <summary>The set in which the stage declares its counters.</summary>
    CounterSet Counters { get; }

    /// <summary>The stage's log, with its id as category. Nothing is logged per packet.</summary>
    ILogger Logger { get; }

    /// <summary>Rents a packet to be written and emitted.</summary>
    /// <param name="length">The packet's length in bytes, up to the plan's largest; headroom and tailroom come on top.</param>
    /// <param name="lease">The packet; its content is undefined. <c>default</c> when the pool is empty.</param>
    /// <returns>False when the pool is empty: count it and give up; memory stays bounded.</returns>
    bool TryRent(int length, out PacketLease lease);

    /// <summary>
    /// Sends a packet on its way from just behind this stage: outbound it enters the stage below, inbound the one above. It is carried
    /// out by that direction's own loop, soon; order among one stage's emissions in one direction is kept. What an endpoint emits towards its
    /// own side enters its own sink.
    /// </summary>
    /// <param name="direction">Which way.</param>
    /// <param name="lease">
    /// The packet; it belongs to the host from here on. An instance that a reload takes out may emit until its Dispose returns: its packets
    /// enter behind its successor, the stage of the same id, or else at the nearest stage that was kept. What the host cannot send is counted
    /// as a drop at this stage.
    /// </param>
    /// <exception cref="ObjectDisposedException">The lease was emitted, dropped or disposed before.</exception>
    void Emit(Direction direction, PacketLease lease);

    /// <summary>Creates a timer, not yet running.</summary>
    /// <param name="callback">Runs on the service thread. What it throws is contained as a fault of the stage.</param>
    StageTimer CreateTimer(Action callback);

    /// <summary>Runs work on the service thread, off the data loops, in order of posting.</summary>
    /// <param name="work">What it throws is contained as a fault of the stage. Keep the delegate to post it without an allocation.</param>
    void Post(Action work);

    /// <summary>
    /// Returns an object of this entry of the file, shared by its lanes: created by the first call, found by name and exact type after that. It
    /// outlives an instance: when a reload changes the entry's options, the new instance gets the same object (token buckets, NAT tables, queues)
    /// if it asks for it in its constructor; an object that no new instance asks for is disposed with the old ones. Until the new chain runs, the old instance still uses it; a new instance therefore applies its options to it in work that its constructor
    /// posts (<see cref="Post"/>), which runs once the chain runs and not at all when the reload fails.
    /// </summary>
    /// <typeparam name="T">
    /// A thread-safe type. It is disposed, where it is <see cref="IDisposable"/>, after the last instance of the entry.
    /// </typeparam>
    /// <param name="name">Distinguishes the objects of one entry.</param>
    /// <param name="create">
    /// Creates the object, one call at a time. The context is the object's own, not the instance's: timers, posted work and emissions of the object
    /// use it, and it lives as long as the object. What the function throws is thrown here, and nothing is kept.
    /// </param>
    T State<T>(string name, Func<IStageContext, T> create)
        where T : class;

    /// <summary>Closes the whole pipeline gracefully with exit code 1, for an error after which it cannot continue. From any thread.</summary>
    /// <param name="reason">Logged, with its message, under the stage's id.</param>
    void Fault(Exception reason);
}
