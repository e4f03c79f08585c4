using Culvert.Tests.Support;

namespace Transport.Udp.Tests;

public sealed class AllocationTests
{
    [Theory]
    [InlineData(Twin.LinuxOffload)]
    [InlineData(Twin.LinuxPlain)]
    [InlineData(Twin.Portable)]
    public void SendingAndReceivingAllocateNothing(Twin twin)
    {
        using var sender = new UdpEnd(twin);
        using var receiver = new UdpEnd(twin);
        var batch = sender.Batch(Datagrams.Of([.. Enumerable.Repeat(1400, 40), 7, 300, 300]));
        var inbound = receiver.Inbound;
        Round();
        SteadyState.AllocatesNothing(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 50; i++)
            {
                Round();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        void Round()
        {
            for (var i = 0; i < batch.Count; i++)
            {
                var packet = batch[i];
                packet.Endpoint = receiver.Endpoint;
            }

            sender.Socket.Send(batch);
            for (var got = 0; got < batch.Count;)
            {
                inbound.Clear();
                receiver.Receive();
                got += inbound.Batch.Count;
            }
        }
    }
}
