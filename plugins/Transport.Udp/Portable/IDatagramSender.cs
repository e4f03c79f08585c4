using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp.Portable;

/// <summary>How a polled socket sends. Belongs to the thread that sends.</summary>
internal interface IDatagramSender : IDisposable
{
    /// <summary>What <c>culvert status</c> says; may be read from any thread.</summary>
    string Offload { get; }

    /// <summary>Sends every packet that is not dropped; what the system refuses is dropped with its counter.</summary>
    void Send(PacketBatch batch);
}
