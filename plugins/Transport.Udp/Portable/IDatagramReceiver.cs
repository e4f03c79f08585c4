using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp.Portable;

/// <summary>The receive path of a polled socket. Belongs to the receiving thread.</summary>
internal interface IDatagramReceiver : IDisposable
{
    /// <summary>The description in <c>culvert status</c>; may be read from any thread.</summary>
    string Offload { get; }

    /// <summary>Begins a batch: adds what an earlier call had to leave over.</summary>
    /// <param name="filler">Empty.</param>
    void Begin(PacketFiller filler);

    /// <summary>Receives one message that is there.</summary>
    /// <returns>False when no more can be taken for this filler, or the message was a wake.</returns>
    bool ReceiveOne(PacketFiller filler);
}
