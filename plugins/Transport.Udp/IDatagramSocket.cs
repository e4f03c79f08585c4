using System.Net;
using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>
/// A bound UDP socket that moves whole batches. One implementation for each system. One thread sends, that or one other thread receives,
/// <see cref="Wake"/> and the properties may be used from any thread.
/// </summary>
internal interface IDatagramSocket : IDisposable
{
    /// <summary>Where it is bound.</summary>
    IPEndPoint Local { get; }

    /// <summary>What <c>culvert status</c> says of sending: how several datagrams share a call.</summary>
    string SendOffload { get; }

    /// <summary>What <c>culvert status</c> says of receiving.</summary>
    string ReceiveOffload { get; }

    /// <summary>Sends every packet that is not dropped; what the system refuses is dropped with its counter.</summary>
    /// <param name="batch">Each packet has an endpoint.</param>
    void Send(PacketBatch batch);

    /// <summary>What <c>poll(2)</c> can wait for; null where that is not the way of the system.</summary>
    int? Descriptor { get; }

    /// <summary>Adds what is there to the batch. Without a descriptor it first blocks until there is a datagram or a wake.</summary>
    void Receive(PacketFiller filler);

    /// <summary>Makes a <see cref="Receive"/> that blocks return.</summary>
    void Wake();
}
