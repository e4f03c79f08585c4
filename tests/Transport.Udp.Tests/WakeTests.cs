namespace Transport.Udp.Tests;

public sealed class WakeTests
{
    [Fact]
    public void OnLinuxAReceiveNeverWaits()
    {
        using var end = new UdpEnd(Twin.LinuxOffload);

        end.Socket.Receive(end.Inbound.Filler);

        Assert.Equal(0, end.Inbound.Batch.Count);
        Assert.NotNull(end.Socket.Descriptor);
    }

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    public static TheoryData<Twin, string> Ends => new()
    {
        { Twin.Portable, "127.0.0.1:0" },
        { Twin.Portable, "0.0.0.0:0" },
        { Twin.Portable, "[::]:0" },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task AReceiveThatBlocksReturnsWithNothing(Twin twin, string listen)
    {
        using var end = new UdpEnd(twin, listen);
        var receive = Task.Run(() => end.Socket.Receive(end.Inbound.Filler));
        await Task.Delay(20);
        Assert.False(receive.IsCompleted);

        end.Socket.Wake();

        await receive.WaitAsync(_limit);
        Assert.Equal(0, end.Inbound.Batch.Count);
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task AWakeBeforeTheReceiveCountsForIt(Twin twin, string listen)
    {
        using var end = new UdpEnd(twin, listen);
        for (var i = 0; i < 100; i++)
        {
            end.Socket.Wake();
            end.Socket.Wake();
            await Task.Run(() => end.Socket.Receive(end.Inbound.Filler)).WaitAsync(_limit);
        }
    }

    [Fact]
    public async Task NoWakeIsLostBetweenThreads()
    {
        const int Rounds = 5_000;
        using var end = new UdpEnd(Twin.Portable);
        var asked = 0;
        var seen = 0;
        var receiver = Task.Run(() =>
        {
            // Every number that the other thread sets is seen, because its wake comes after it.
            while (Volatile.Read(ref seen) < Rounds)
            {
                end.Socket.Receive(end.Inbound.Filler);
                Volatile.Write(ref seen, Volatile.Read(ref asked));
            }
        });
        var waker = Task.Run(() =>
        {
            for (var i = 1; i <= Rounds; i++)
            {
                Volatile.Write(ref asked, i);
                end.Socket.Wake();
                if (i % 50 == 0)
                {
                    SpinWait.SpinUntil(() => Volatile.Read(ref seen) >= i, _limit);
                }
            }
        });

        await Task.WhenAll(receiver, waker).WaitAsync(_limit);
        Assert.Equal(Rounds, seen);
    }

    [Fact]
    public void AWakeDoesNotHideADatagram()
    {
        using var sender = new UdpEnd(Twin.Portable);
        using var end = new UdpEnd(Twin.Portable);
        sender.Send(end.Endpoint, Datagrams.Of(10));
        end.Socket.Wake();

        Assert.Single(end.Receive(1));
    }
}
