using System.Net;
using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>
/// A bound UDP socket that moves whole batches. One implementation for each system. One thread sends, that or one other thread receives,
/// <see cref="Wake"/> and the properties may be used from any thread.
/// </summary>
internal interface IDatagramSocket : IDisposable
{
    /// <summary>The address that the socket is bound to.</summary>
    IPEndPoint Local { get; }

    /// <summary>The send path as <c>culvert status</c> shows it: how several datagrams share a call.</summary>
    string SendOffload { get; }

    /// <summary>The receive path as <c>culvert status</c> shows it.</summary>
    string ReceiveOffload { get; }

    /// <summary>Sends every packet that is not dropped; what the system refuses is dropped with its counter.</summary>
    /// <param name="batch">Each packet has an endpoint.</param>
    void Send(PacketBatch batch);

    /// <summary>The descriptor for <c>poll(2)</c>; null where the system has none.</summary>
    int? Descriptor { get; }

    /// <summary>Adds what is there to the batch. Without a descriptor it first blocks until there is a datagram or a wake.</summary>
    void Receive(PacketFiller filler);

    /// <summary>The mark of what it sends; 0 for none.</summary>
    uint Mark { get; }

    /// <summary>Marks what it sends. Service thread.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The system refuses.</exception>
    void SetMark(uint mark);

    /// <summary>Opens another socket like this one, on another port. Service thread.</summary>
    /// <param name="local">Where to; port 0 takes any.</param>
    /// <param name="joins">Whether another lane's socket has the port already.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The system refuses.</exception>
    SocketMove PrepareMove(IPEndPoint local, bool joins);

    /// <summary>Takes path MTU, mark and buffer size of changed options. Service thread.</summary>
    void Apply(UdpOptions options);

    /// <summary>Ends a blocking <see cref="Receive"/>.</summary>
    void Wake();
}
