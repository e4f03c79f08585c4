using System.Net;
using Culvert.Packets;
using Culvert.Plugins.Transport.Tcp;
using Culvert.Stages;
using Culvert.Testing;

namespace Transport.Tcp.Tests;

public sealed class TcpStageTests
{
    [Theory]
    [InlineData("0.0.0.0:1", null, 28)]
    [InlineData("[::]:1", null, 48)]
    [InlineData(null, "203.0.113.7:1", 28)]
    [InlineData(null, "[2001:db8::7]:1", 48)]
    [InlineData(null, "vpn.example.net:1", 28)]
    [InlineData(null, null, 28)]
    public void The_shape_is_that_of_udp(string? listen, string? connect, int overhead)
    {
        var options = new TcpOptions
        {
            Listen = listen is null ? null : IPEndPoint.Parse(listen),
            Connect = connect is null ? null : TcpEnd.Host(connect),
        };
        var shape = TcpStage.Shape(options);

        Assert.Equal((PacketKind.Datagram, PacketKind.Network), (shape.Above, shape.Below));
        Assert.Equal((1500, overhead), (shape.Network!.PathMtu, shape.Overhead));
        Assert.Equal(connect is not null, shape.Network.IsConnected);
    }

    [Fact]
    public void Connect_and_listen_exclude_each_other()
    {
        var report = new OptionsRecorder();
        TcpStage.Validate(new() { Listen = new(IPAddress.Any, 1), Connect = TcpEnd.Host("192.0.2.1:1") }, report);
        TcpStage.Validate(new() { From = [IPNetwork.Parse("192.0.2.0/24")] }, report);

        Assert.Equal("connect", Assert.Single(report.Errors).Key);
        Assert.Equal("from", Assert.Single(report.Findings, finding => finding.Key == "from").Key);
    }

    [Fact]
    public void A_port_in_use_has_a_remedy()
    {
        using var first = new TcpEnd();
        var error = Assert.Throws<StageStartException>(() => new TcpEnd(new() { Listen = first.Stage.Local }));
        Assert.Contains("the port is in use", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_keeps_the_laws()
    {
        using var end = new TcpEnd();
        var context = new TestStageContext(room: new PacketRoom(0, 1472, 0));
        var options = TcpEnd.Listening;
        using var harness = new StageHarness<TcpStage>(new TcpStage(options, context), TcpStage.Shape(options), context);

        ConformanceLaws.AllocatesNothing(harness, [Frames.Bytes(1400)], Direction.Outbound);
        ConformanceLaws.DeclaresItsCounters(harness);
        ConformanceLaws.NeverThrowsOnRandomBytes(harness);
        ConformanceLaws.EndsItsService(harness);
        ConformanceLaws.LeavesNoPacketBehind(harness);
    }

    [Fact]
    public void Pauses_grow_to_a_minute_and_start_over()
    {
        var pause = new RetryPause(new Random(1));
        var seconds = Enumerable.Range(0, 10).Select(_ => pause.Next().TotalSeconds).ToList();
        double[] longest = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60];

        Assert.All(seconds.Zip(longest), pair => Assert.InRange(pair.First, pair.Second * 0.75, pair.Second));
        pause.Reset();
        Assert.InRange(pause.Next().TotalSeconds, 0.75, 1);
    }
}
