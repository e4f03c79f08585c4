using System.Net;
using System.Net.Sockets;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp;
using Culvert.Stages;
using Culvert.Testing;
using Culvert.Tests.Support;

namespace Transport.Udp.Tests;

public sealed class UdpStageTests
{
    private static readonly byte[] _hello = "hello"u8.ToArray();

    [Theory]
    [InlineData("0.0.0.0:1", 28)]
    [InlineData("192.0.2.1:1", 28)]
    [InlineData("[::]:1", 48)]
    [InlineData("[2001:db8::1]:1", 48)]
    public void ShapeTakesTheHeadersFromThePathMtu(string listen, int overhead)
    {
        var shape = UdpStage.Shape(new UdpOptions { Listen = IPEndPoint.Parse(listen), PathMtu = new(1492) });

        Assert.True(shape.IsNetworkEndpoint);
        Assert.Equal(PacketKind.Datagram, shape.Above);
        Assert.Equal((1492, overhead), (shape.Network!.PathMtu, shape.Overhead));
    }

    [Theory]
    [InlineData("[::]:51820", 51820)]
    [InlineData("0.0.0.0:0", null)]
    public void ShapeTellsThePortThatTheFileGives(string listen, int? port) =>
        Assert.Equal(port, UdpStage.Shape(new UdpOptions { Listen = IPEndPoint.Parse(listen) }).Network!.ListenPort);

    [Theory]
    [InlineData("0.0.0.0:7000", "[2001:db8::7]:7000", true)]
    [InlineData("[::]:7000", "[2001:db8::7]:7000", false)]
    [InlineData("[::]:7000", "192.0.2.7:7000", false)]
    [InlineData("0.0.0.0:7000", "192.0.2.7:7000", false)]
    [InlineData("0.0.0.0:7000", "vpn.example.net:7000", false)]
    public void APeerOfTheWrongFamilyIsAnError(string listen, string peer, bool wrong)
    {
        var report = new OptionsRecorder();
        UdpStage.Validate(new UdpOptions { Listen = IPEndPoint.Parse(listen), Peer = Host(peer) }, report);

        Assert.Equal(wrong ? ["peer"] : [], report.Errors.Select(error => error.Key));
        Assert.All(report.Errors, error => Assert.Contains("[::]:7000", error.Remedy, StringComparison.Ordinal));
    }

    [Fact]
    public void ADatagramGoesToThePeerOfTheFileUnlessAStageAboveSaysOtherwise()
    {
        using var named = new UdpEnd(Twin.LinuxOffload);
        using var other = new UdpEnd(Twin.LinuxOffload);
        using var stage = Harness(new UdpOptions { Listen = Loopback, Peer = Host(named.Endpoint.ToString()) });

        stage.Run(Direction.Outbound, default, _hello);
        stage.Run(Direction.Outbound, other.Endpoint, _hello);

        Assert.Equal(stage.Stage.Local.Port, Assert.Single(named.Receive(1)).From.Port);
        Assert.Single(other.Receive(1));
    }

    [Fact]
    public void ADatagramWithoutAnEndpointIsDropped()
    {
        using var stage = Harness(new UdpOptions { Listen = Loopback });

        var result = stage.Run(Direction.Outbound, default, _hello, _hello);

        Assert.Empty(result.Passed);
        Assert.Equal(2, stage.Context.Count("no-endpoint"));
    }

    [Fact]
    public void AnIpv6EndpointDoesNotFitAnIpv4Socket()
    {
        using var stage = Harness(new UdpOptions { Listen = Loopback });

        stage.Run(Direction.Outbound, DatagramEndpoint.From(IPEndPoint.Parse("[::1]:9")), _hello);

        Assert.Equal(1, stage.Context.Count("wrong-family"));
    }

    [Theory]
    [InlineData(Twin.LinuxOffload)]
    [InlineData(Twin.Portable)]
    public void OnlyThePeerOfTheFileMaySend(Twin twin)
    {
        using var friend = new UdpEnd(twin);
        using var stranger = new UdpEnd(twin);
        using var end = new UdpEnd(twin, peer: new ResolvedPeer { Endpoint = friend.Endpoint });

        stranger.Send(end.Endpoint, Datagrams.Of(900, 900, 900));
        friend.Send(end.Endpoint, _hello);

        Assert.Equal([_hello], end.Receive(1).Select(one => one.Data));
        Assert.Equal(3, end.Counters.UnknownSource.Value);
    }

    [Theory]
    [InlineData(Twin.LinuxOffload)]
    [InlineData(Twin.Portable)]
    public void NobodyIsThePeerBeforeItsNameResolves(Twin twin)
    {
        using var stranger = new UdpEnd(twin);
        using var end = new UdpEnd(twin, peer: new ResolvedPeer());

        stranger.Send(end.Endpoint, _hello);
        end.Wake();
        var batch = end.Inbound;
        for (var i = 0; i < 2 && end.Counters.UnknownSource.Value == 0; i++)
        {
            end.Receive();
        }

        Assert.Equal((0, 1), (batch.Batch.Count, end.Counters.UnknownSource.Value));
    }

    [Theory]
    [InlineData(Twin.LinuxOffload)]
    [InlineData(Twin.LinuxPlain)]
    [InlineData(Twin.Portable)]
    public void WhatIsLargerThanThePathMtuAllowsIsDropped(Twin twin)
    {
        using var sender = new UdpEnd(twin);
        using var end = new UdpEnd(twin, room: new PacketRoom(0, 1452, 0), pathMtu: 1480);

        sender.Send(end.Endpoint, Datagrams.Of(1453, 1452, 40_000, 1));

        Assert.Equal([1452, 1], end.Receive(2).Select(one => one.Data.Length));
        Assert.Equal(2, end.Counters.Oversized.Value);
    }

    [Fact]
    public void StatusTellsAddressAndOffload()
    {
        using var stage = Harness(new UdpOptions { Listen = Loopback, Peer = Host("127.0.0.1:9") });
        using var plain = Harness(new UdpOptions { Listen = Loopback, Offload = OffloadSetting.Off });

        var status = stage.Stage.GetStatus();
        Assert.Equal(stage.Stage.Local.ToString(), (string?)status["local"]);
        Assert.Contains("UDP_SEGMENT", (string?)status["send-offload"], StringComparison.Ordinal);
        Assert.Contains("UDP_GRO", (string?)status["receive-offload"], StringComparison.Ordinal);
        Assert.Equal("127.0.0.1:9", (string?)status["peer-endpoint"]);
        Assert.Equal("off", (string?)plain.Stage.GetStatus()["send-offload"]);
    }

    [Fact]
    public void LanesShareOnePort()
    {
        Requires.Linux();
        var contexts = TestStageContext.ForLanes(3);
        var options = new UdpOptions { Listen = Loopback };
        var stages = contexts.Select(context => new UdpStage(options, context)).ToList();

        Assert.Single(stages.Select(stage => stage.Local).Distinct());
        Assert.Throws<StageStartException>(() => new UdpStage(options with { Listen = stages[0].Local }, new TestStageContext()));
        Assert.Throws<StageStartException>(() => new UdpStage(options with { Listen = stages[0].Local }, TestStageContext.ForLanes(2)[0]));

        contexts[0].Dispose();
    }

    [Fact]
    public void Changed_options_are_applied_to_the_living_socket()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(Loopback);
        var options = new UdpOptions { Listen = Loopback };
        using var before = Harness(options);
        using var context = before.Context.Successor();
        var changed = options with { Peer = Host("127.0.0.1:9"), PathMtu = new(1400), SocketBuffer = new ByteSize(1 << 20) };
        var stage = new UdpStage(changed, context);
        Assert.Equal((before.Stage.Local, before.Stage.Descriptor), (stage.Local, stage.Descriptor));
        context.RunService();
        other.SendTo(new byte[8], stage.Local);
        var batch = new TestBatch(context, Direction.Inbound);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                stage.Receive(batch.Filler);
                return context.Count("unknown-source") == 1;
            },
            TimeSpan.FromSeconds(10)));
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal([1400], before.Context.ReportedMtus);
        }
    }

    [Fact]
    public void Only_another_address_on_the_same_port_and_offload_reopen_the_socket()
    {
        var running = new UdpOptions { Listen = IPEndPoint.Parse("0.0.0.0:7000") };
        Assert.Null(UdpStage.WhyReopen(running, running with { PathMtu = new(1400), Peer = Host("192.0.2.1:1") }));
        Assert.Null(UdpStage.WhyReopen(running, running with { Listen = IPEndPoint.Parse("0.0.0.0:7001") }));
        Assert.Equal(
            "it is to listen on 127.0.0.1:7000, and 0.0.0.0:7000 is in the way",
            UdpStage.WhyReopen(running, running with { Listen = IPEndPoint.Parse("127.0.0.1:7000") }));
        Assert.Equal("its offload changed", UdpStage.WhyReopen(running, running with { Offload = OffloadSetting.Off }));
    }

    private static IPEndPoint Loopback => new(IPAddress.Loopback, 0);

    private static HostEndpoint Host(string text) =>
        HostEndpoint.TryParse(text, out var host) ? host : throw new ArgumentException(text, nameof(text));

    private static StageHarness<UdpStage> Harness(UdpOptions options)
    {
        var context = new TestStageContext();
        return new StageHarness<UdpStage>(new UdpStage(options, context), UdpStage.Shape(options), context);
    }
}
