using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp.Portable;

/// <summary>How a polled socket receives. Belongs to the thread that receives.</summary>
internal interface IDatagramReceiver : IDisposable
{
    /// <summary>What <c>culvert status</c> says; may be read from any thread.</summary>
    string Offload { get; }

    /// <summary>Begins a batch: adds what an earlier call had to leave over.</summary>
    /// <param name="batch">Empty.</param>
    void Begin(PacketBatch batch);

    /// <summary>Receives one message that is there.</summary>
    /// <returns>False when no more can be taken for this batch, or the message was a wake.</returns>
    bool ReceiveOne(PacketBatch batch);
}
