using System.Net;
using System.Net.Sockets;
using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp.Portable;

/// <summary>
/// A socket of the base library that is asked before each receive whether there is something, so that no receive blocks or throws for
/// want of datagrams; the first question of a batch waits. How it sends and receives is the parts' business.
/// </summary>
internal sealed class PolledDatagramSocket(Socket socket, SelfWaker waker, IDatagramSender sender, IDatagramReceiver receiver)
    : IDatagramSocket
{
    public IPEndPoint Local { get; } = (IPEndPoint)socket.LocalEndPoint!;

    public string SendOffload => sender.Offload;

    public string ReceiveOffload => receiver.Offload;

    public void Send(PacketBatch batch) => sender.Send(batch);

    public int? Descriptor => null;

    public uint Mark => 0;

    public void SetMark(uint mark)
    {
        if (mark != 0)
        {
            throw new SocketException((int)SocketError.OperationNotSupported);
        }
    }

    public SocketMove PrepareMove(IPEndPoint local, bool joins) => throw new SocketException((int)SocketError.OperationNotSupported);

    /// <summary>Path MTU and buffers are not followed here.</summary>
    public void Apply(UdpOptions options)
    {
    }

    public void Wake() => waker.Set();

    public void Dispose()
    {
        waker.Dispose();
        sender.Dispose();
        receiver.Dispose();
        socket.Dispose();
    }

    public void Receive(PacketFiller filler)
    {
        const int forever = -1;
        receiver.Begin(filler);
        for (var wait = filler.Count == 0 ? forever : 0; !filler.IsFull && socket.Poll(wait, SelectMode.SelectRead); wait = 0)
        {
            if (!receiver.ReceiveOne(filler))
            {
                return;
            }
        }
    }
}
