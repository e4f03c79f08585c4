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
    private const int WaitForever = -1;

    public IPEndPoint Local { get; } = (IPEndPoint)socket.LocalEndPoint!;

    public string SendOffload => sender.Offload;

    public string ReceiveOffload => receiver.Offload;

    public void Send(PacketBatch batch) => sender.Send(batch);

    public void Receive(PacketBatch batch)
    {
        receiver.Begin(batch);
        for (var wait = batch.IsEmpty ? WaitForever : 0; !batch.IsFull && socket.Poll(wait, SelectMode.SelectRead); wait = 0)
        {
            if (!receiver.ReceiveOne(batch))
            {
                return;
            }
        }
    }

    public void Wake() => waker.Set();

    public void Dispose()
    {
        waker.Dispose();
        sender.Dispose();
        receiver.Dispose();
        socket.Dispose();
    }
}
