using System.Net;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp;
using Culvert.Stages;
using Culvert.Testing;

namespace Windows.Tests;

/// <summary>Two UDP ends on loopback, each this system's own: under Wine that is Windows'.</summary>
public sealed class UdpTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    private readonly TestStageContext _leftContext = new(room: new PacketRoom(0, 2000, 0));
    private readonly TestStageContext _rightContext = new(room: new PacketRoom(0, 2000, 0));
    private UdpStage? _left;
    private UdpStage? _right;

    [Theory]
    [InlineData("127.0.0.1:0", "127.0.0.1", true)]
    [InlineData("127.0.0.1:0", "127.0.0.1", false)]
    [InlineData("[::]:0", "127.0.0.1", true)]
    public async Task WhatIsSentArrives(string listen, string target, bool offload)
    {
        Open(listen, offload);
        var sizes = new[] { 1400, 1400, 1400, 3, 1400, 700, 700, 1 };
        var to = DatagramEndpoint.From(new IPEndPoint(IPAddress.Parse(target), _right!.Local.Port));

        _left!.Outbound(Batch(_leftContext, sizes, to));
        var received = await Task.Run(() => Receive(_right, _rightContext, sizes.Length)).WaitAsync(_limit);

        Assert.Equal(sizes, received.Select(one => one.Size));
        Assert.All(received, one => Assert.Equal(_left.Local.Port, one.From.Port));
    }

    [Fact]
    public async Task AWakeEndsAReceive()
    {
        Open("127.0.0.1:0", offload: true);
        var batch = new TestBatch(_rightContext, Direction.Inbound, 8);
        for (var i = 0; i < 50; i++)
        {
            var receive = Task.Run(() => _right!.Receive(batch.Filler));
            _right!.Wake();
            await receive.WaitAsync(_limit);
        }

        Assert.Equal(0, batch.Batch.Count);
    }

    [Fact]
    public async Task APortWhereNobodyListensDoesNotEndTheSocket()
    {
        Open("127.0.0.1:0", offload: true);
        var nobody = DatagramEndpoint.From(new IPEndPoint(IPAddress.Loopback, 1));
        _right!.Outbound(Batch(_rightContext, [100, 100], nobody));
        await Task.Delay(50);

        _left!.Outbound(Batch(_leftContext, [64], DatagramEndpoint.From(new IPEndPoint(IPAddress.Loopback, _right.Local.Port))));
        var received = await Task.Run(() => Receive(_right, _rightContext, 1)).WaitAsync(_limit);

        Assert.Equal(64, Assert.Single(received).Size);
    }

    [Fact]
    public void APortInUseIsTold()
    {
        Open("127.0.0.1:0", offload: true);

        var error = Assert.Throws<StageStartException>(() => new UdpStage(new UdpOptions { Listen = _left!.Local }, new TestStageContext()));

        Assert.Contains("in use", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _leftContext.Dispose();
        _rightContext.Dispose();
    }

    private static PacketBatch Batch(TestStageContext context, int[] sizes, DatagramEndpoint to)
    {
        var batch = new TestBatch(context, Direction.Outbound, sizes.Length);
        foreach (var size in sizes)
        {
            var packet = batch.Filler.Add(size);
            packet.Endpoint = to;
        }

        return batch.Batch;
    }

    private static List<(int Size, DatagramEndpoint From)> Receive(UdpStage end, TestStageContext context, int count)
    {
        var batch = new TestBatch(context, Direction.Inbound, 64);
        var received = new List<(int, DatagramEndpoint)>();
        for (var calls = 0; calls < 100 && received.Count < count; calls++)
        {
            batch.Clear();
            end.Receive(batch.Filler);
            foreach (var packet in batch.Batch)
            {
                received.Add((packet.Length, packet.Endpoint));
            }
        }

        return received;
    }

    private void Open(string listen, bool offload)
    {
        var options = new UdpOptions { Listen = IPEndPoint.Parse(listen), Offload = offload ? OffloadSetting.On : OffloadSetting.Off, SocketBuffer = new ByteSize(1 << 20) };
        _left = new UdpStage(options, _leftContext);
        _right = new UdpStage(options, _rightContext);
    }
}
