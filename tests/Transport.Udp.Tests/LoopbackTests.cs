using Culvert.Packets;
using Culvert.Tests.Support;

namespace Transport.Udp.Tests;

/// <summary>Real sockets on loopback: what goes in comes out, in order, with the right source, on every twin.</summary>
public sealed class LoopbackTests
{
    public static TheoryData<Twin, Twin> Pairs => new()
    {
        { Twin.LinuxOffload, Twin.LinuxOffload },
        { Twin.LinuxOffload, Twin.LinuxPlain },
        { Twin.LinuxOffload, Twin.Portable },
        { Twin.LinuxPlain, Twin.LinuxOffload },
        { Twin.LinuxPlain, Twin.LinuxPlain },
        { Twin.Portable, Twin.LinuxOffload },
        { Twin.Portable, Twin.Portable },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void WhatIsSentArrives(Twin from, Twin to)
    {
        using var sender = new UdpEnd(from);
        using var receiver = new UdpEnd(to);
        var datagrams = Datagrams.Of(1400, 1400, 1400, 500, 1400, 1400, 0, 1, 1400, 65_507, 9000);

        var batch = sender.Send(receiver.Endpoint, datagrams);
        var received = receiver.Receive(datagrams.Length);

        Assert.All(Enumerable.Range(0, batch.Count), i => Assert.False(batch[i].IsDropped));
        Assert.Equal(datagrams, received.Select(one => one.Data));
        Assert.All(received, one => Assert.Equal(sender.Endpoint, one.From));
    }

    [Theory]
    [InlineData("[::1]:0", "[::1]:0", "::1")]
    [InlineData("127.0.0.1:0", "[::]:0", "127.0.0.1")]
    [InlineData("[::]:0", "127.0.0.1:0", "127.0.0.1")]
    [InlineData("[::]:0", "[::]:0", "::1")]
    [InlineData("0.0.0.0:0", "0.0.0.0:0", "127.0.0.1")]
    public void FamiliesMeet(string from, string to, string target)
    {
        foreach (var twin in Enum.GetValues<Twin>())
        {
            using var sender = new UdpEnd(twin, from);
            using var receiver = new UdpEnd(twin, to);
            var endpoint = DatagramEndpoint.From(new(System.Net.IPAddress.Parse(target), receiver.Endpoint.Port));
            var datagrams = Datagrams.Of(1200, 1200, 1200, 7);

            sender.Send(endpoint, datagrams);
            var received = receiver.Receive(datagrams.Length);

            Assert.Equal(datagrams, received.Select(one => one.Data));
            Assert.All(received, one => Assert.Equal(endpoint.IsIpv4, one.From.IsIpv4));
        }
    }

    [Theory]
    [InlineData(Twin.LinuxOffload)]
    [InlineData(Twin.LinuxPlain)]
    [InlineData(Twin.Portable)]
    public void EachEndpointGetsItsOwnInOrder(Twin twin)
    {
        using var sender = new UdpEnd(twin);
        using var left = new UdpEnd(twin);
        using var right = new UdpEnd(twin);
        var datagrams = Datagrams.Of([.. Enumerable.Repeat(1000, 40)]);
        var batch = sender.Batch(datagrams);
        for (var i = 0; i < batch.Count; i++)
        {
            var packet = batch[i];
            packet.Endpoint = i % 3 == 0 ? left.Endpoint : right.Endpoint;
        }

        sender.Socket.Send(batch);

        Assert.Equal(datagrams.Where((_, i) => i % 3 == 0), left.Receive(14).Select(one => one.Data));
        Assert.Equal(datagrams.Where((_, i) => i % 3 != 0), right.Receive(26).Select(one => one.Data));
    }

    [Theory]
    [InlineData(Twin.LinuxOffload, 0, 0)]
    [InlineData(Twin.LinuxOffload, 16, 0)]
    [InlineData(Twin.LinuxOffload, 16, 32)]
    [InlineData(Twin.Portable, 16, 32)]
    public void PacketsHaveTheRoomThatStagesNeed(Twin twin, int headroom, int tailroom)
    {
        using var sender = new UdpEnd(twin);
        using var receiver = new UdpEnd(twin, room: new PacketRoom(headroom, 1500, tailroom));
        var datagrams = Datagrams.Of(1400, 1400, 1400, 9);

        sender.Send(receiver.Endpoint, datagrams);
        receiver.Receive(4);

        for (var i = 0; i < receiver.Inbound.Batch.Count; i++)
        {
            var packet = receiver.Inbound.Batch[i];
            packet.Prepend(headroom).Fill(0xAA);
            packet.Append(tailroom).Fill(0xBB);
        }

        // Had two packets shared a byte, one of them would be damaged now.
        Assert.Equal(4, receiver.Inbound.Batch.Count);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(datagrams[i], receiver.Inbound.Batch[i].Data[headroom..^tailroom]);
        }
    }

    [Fact]
    public void MoreThanABatchHoldsWaitsForTheNext()
    {
        using var sender = new UdpEnd(Twin.LinuxOffload);
        using var receiver = new UdpEnd(Twin.LinuxOffload, capacity: 7);
        var datagrams = Datagrams.Of([.. Enumerable.Repeat(800, 60)]);

        sender.Send(receiver.Endpoint, datagrams);

        Assert.Equal(datagrams, receiver.Receive(60).Select(one => one.Data));
    }

    [Fact]
    public void MoreThanAChunkIsSentInOrder()
    {
        using var sender = new UdpEnd(Twin.LinuxOffload);
        using var receiver = new UdpEnd(Twin.LinuxOffload);
        var datagrams = Datagrams.Of([.. Enumerable.Repeat(100, 300)]);

        sender.Send(receiver.Endpoint, datagrams);

        Assert.Equal(datagrams, receiver.Receive(300).Select(one => one.Data));
    }

    [Fact]
    public void OffloadSavesCalls()
    {
        using var sender = new UdpEnd(Twin.LinuxOffload);
        using var receiver = new UdpEnd(Twin.LinuxOffload);
        var datagrams = Datagrams.Of([.. Enumerable.Repeat(1400, 46)]);

        sender.Send(receiver.Endpoint, datagrams);
        receiver.Receive(46);

        Assert.Equal(1, sender.Counters.SendCalls.Value);
        Assert.Equal(46, sender.Counters.Segmented.Value);
        Assert.Equal(46, receiver.Counters.Coalesced.Value);
        Assert.Equal(1, receiver.Counters.ReceiveCalls.Value);
    }

    [Fact]
    public void WithoutOffloadOneCallStillCarriesMany()
    {
        using var sender = new UdpEnd(Twin.LinuxPlain);
        using var receiver = new UdpEnd(Twin.LinuxPlain);
        var datagrams = Datagrams.Of([.. Enumerable.Repeat(1400, 46)]);

        sender.Send(receiver.Endpoint, datagrams);
        receiver.Receive(46);

        Assert.Equal(1, sender.Counters.SendCalls.Value);
        Assert.Equal(0, sender.Counters.Segmented.Value);
        Assert.Equal(0, receiver.Counters.Coalesced.Value);
        Assert.Equal(1, receiver.Counters.ReceiveCalls.Value);
    }

    [Fact]
    public void DroppedPacketsAreNotSent()
    {
        using var sender = new UdpEnd(Twin.LinuxOffload);
        using var receiver = new UdpEnd(Twin.LinuxOffload);
        var datagrams = Datagrams.Of(100, 100, 100, 100);
        var batch = sender.Batch(datagrams);
        for (var i = 0; i < batch.Count; i++)
        {
            var packet = batch[i];
            packet.Endpoint = receiver.Endpoint;
        }

        batch[1].Drop(sender.Counters.NoEndpoint);
        sender.Socket.Send(batch);

        Assert.Equal([datagrams[0], datagrams[2], datagrams[3]], receiver.Receive(3).Select(one => one.Data));
    }

    [Fact]
    public void RandomDatagramsArriveAsTheyAre()
    {
        Requires.Linux();
        var random = new Random(20_260);
        using var sender = new UdpEnd(Twin.LinuxOffload);
        using var receiver = new UdpEnd(Twin.LinuxOffload);
        for (var round = 0; round < 50; round++)
        {
            var sizes = Enumerable.Range(0, random.Next(1, 100)).Select(_ => random.Next(4) == 0 ? random.Next(3000) : 1000).ToArray();
            var datagrams = Datagrams.Of(sizes);

            sender.Send(receiver.Endpoint, datagrams);

            Assert.Equal(datagrams, receiver.Receive(datagrams.Length).Select(one => one.Data));
        }
    }
}
