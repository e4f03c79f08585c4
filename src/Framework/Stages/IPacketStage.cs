using System.Text.Json.Nodes;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Stages;

/// <summary>
/// One stage of a pipeline. The host calls it with a batch and then calls the next stage: a stage never calls its neighbour. What it
/// does not drop is passed on, so a method that does nothing forwards everything, and each may be left out.
/// <para>
/// Threads: one thread calls <see cref="Outbound"/>, and that thread or one other, at the same time, calls <see cref="Inbound"/>. What
/// both share must be immutable and swapped whole, or belong to one of them. Each lane has an instance of its own.
/// </para>
/// <para>
/// Errors: a bad packet is dropped or passed with a counter, never an exception. An exception is a bug: the host drops the batch, counts
/// it, logs it with the stage's name, and continues as <c>on-fault</c> specifies.
/// </para>
/// A stage that implements <see cref="IDisposable"/> is disposed when the pipeline closes, after its last batch.
/// </summary>
public interface IPacketStage
{
    /// <summary>Handles packets on their way from the host to the network.</summary>
    void Outbound(PacketBatch batch)
    {
    }

    /// <summary>Handles packets on their way from the network to the host.</summary>
    void Inbound(PacketBatch batch)
    {
    }

    /// <summary>
    /// Returns what <c>culvert status</c> shows beside counters (peers, a device's name), under kebab-case keys; never a secret. Called from
    /// any thread while packets flow; it must not block the data path. With several lanes only lane 0 is asked. Null, the default, for
    /// nothing.
    /// </summary>
    JsonObject? GetStatus() => null;

    /// <summary>
    /// Returns the flows that the stage knows (connections, translations), for <c>culvert status --flows</c>; under kebab-case keys, never a
    /// secret. Called as <see cref="GetStatus"/>. Without flows, the default, the result is empty.
    /// </summary>
    /// <param name="isWanted">
    /// Whether a flow is to be returned, by the addresses and ports of its first sender's packets, and their direction. Call it once for each flow.
    /// </param>
    IEnumerable<JsonObject> ListFlows(Func<FlowKey, Direction, bool> isWanted) => [];

    /// <summary>
    /// Begins to report the secrets of sessions that begin from now on, for <c>culvert capture --keys</c>: somebody who may read the stage's key file
    /// wants to decrypt what is captured. A stage keeps no secret for it that it would not have otherwise. Called as <see cref="GetStatus"/>.
    /// </summary>
    /// <param name="report">
    /// Takes lines of Wireshark's key log for WireGuard, in ASCII, before a packet leaves that needs them. The array is the receiver's from then
    /// on, who wipes it. Any thread; does not block.
    /// </param>
    /// <returns>Ends the reports when it is disposed; null, the default, for a stage that has no secrets.</returns>
    IDisposable? ShareSecrets(Action<byte[]> report) => null;

    /// <summary>
    /// Returns the largest packets in bytes that pass between the stage's upper side and an inner address, by direction, for a stage that knows a
    /// path MTU for each destination because it can tell which network endpoint an address leads to; null for any other. Any thread; allocates
    /// nothing. Found by the stages above with <see cref="IStageContext.PathTo"/>.
    /// </summary>
    /// <param name="address">An address of the network behind the tunnel.</param>
    (int Outbound, int Inbound)? PathTo(in IpAddressValue address) => null;

    /// <summary>
    /// Takes what the network reports about the path to one endpoint, usually an ICMP message that anybody may have forged: a hint, not a proof.
    /// Service thread.
    /// </summary>
    /// <param name="destination">The remote endpoint.</param>
    /// <param name="largest">The largest packet in bytes at the stage's upper side that is said to pass.</param>
    /// <returns>Whether the stage follows paths: false leaves it to the network endpoint.</returns>
    bool HandlePathReport(in DatagramEndpoint destination, int largest) => false;

    /// <summary>
    /// Takes what this host or the network reports about datagrams to one endpoint that did not arrive: a hint for people, since anybody may have forged
    /// an ICMP message. Service thread.
    /// </summary>
    /// <param name="destination">The remote endpoint.</param>
    /// <param name="reason">The reason in a few words: <c>"host unreachable"</c>.</param>
    /// <returns>Whether the stage knows the endpoint and reports the failure itself.</returns>
    bool HandlePathFailure(in DatagramEndpoint destination, string reason) => false;
}
