using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp.Portable;

/// <summary>The send path of a polled socket. Belongs to the sending thread.</summary>
internal interface IDatagramSender : IDisposable
{
    /// <summary>The description in <c>culvert status</c>; may be read from any thread.</summary>
    string Offload { get; }

    /// <summary>Sends every packet that is not dropped; what the system refuses is dropped with its counter.</summary>
    void Send(PacketBatch batch);
}
