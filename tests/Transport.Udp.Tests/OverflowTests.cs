using System.Net.Sockets;
using Culvert.Options;
using Culvert.Plugins.Transport.Udp;
using Culvert.Tests.Support;

namespace Transport.Udp.Tests;

/// <summary>Datagrams that the kernel throws away because nobody fetches those before them are counted.</summary>
public sealed class OverflowTests
{
    [Theory]
    [InlineData(Twin.LinuxOffload)]
    [InlineData(Twin.LinuxPlain)]
    public void What_the_receive_buffer_has_no_room_for_is_counted(Twin twin)
    {
        Requires.Linux();
        using var end = new UdpEnd(twin, options: new UdpOptions
        {
            Listen = new(System.Net.IPAddress.Loopback, 0),
            SocketBuffer = new ByteSize(65_536),
            Offload = twin == Twin.LinuxOffload ? OffloadSetting.On : OffloadSetting.Off,
        });
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.Connect(end.Socket.Local);
        const int Sent = 2000;
        for (var i = 0; i < Sent; i++)
        {
            sender.Send(new byte[1000]);
        }

        var received = 0;
        for (var i = 0; i < Sent && end.Counters.ReceiveOverflow.Value == 0; i++)
        {
            // One that comes after the loss tells of it.
            end.Receive();
            received += end.Inbound.Batch.Count;
            sender.Send(new byte[1000]);
        }

        Assert.InRange(end.Counters.ReceiveOverflow.Value, 1, Sent);
        Assert.InRange(received, 1, Sent);
    }
}
