using System.Text.Json.Nodes;
using Culvert.Packets;

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
}
