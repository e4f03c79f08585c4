using System.Net;
using Culvert.Endpoints;
using Culvert.Plugins.Transport.Udp;
using Culvert.Plugins.Transport.Udp.Interop;
using Culvert.Plugins.Transport.Udp.Linux;
using Culvert.Stages;
using Culvert.Tests.Support;

namespace Transport.Udp.Tests;

/// <summary>What keeps a socket from opening is told in words with a remedy, the same on every twin.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData(Twin.LinuxOffload)]
    [InlineData(Twin.Portable)]
    public void PortInUse(Twin twin)
    {
        using var first = new UdpEnd(Twin.LinuxOffload);

        var error = Assert.Throws<StageStartException>(() => new UdpEnd(twin, first.Socket.Local.ToString()));

        Assert.Contains($"UDP {first.Socket.Local} is in use", error.Message, StringComparison.Ordinal);
        Assert.Contains("listen", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void APortForSeveralLanesIsNeverFreeForAnotherProgramInBetween()
    {
        using var port = SharedPort.Find(new IPEndPoint(IPAddress.Loopback, 0), device: null);

        // As a second culvert begins, before, between and after the lanes.
        AssertTaken();
        using var first = Lane();
        port.Bound();
        AssertTaken();
        using var second = Lane();
        AssertTaken();

        SocketHandle Lane()
        {
            var socket = LinuxSocketOpening.Open(ipv6: false);
            LinuxSocketOpening.Bind(socket, port.Local, sharePort: true);
            return socket;
        }

        void AssertTaken() =>
            Assert.Contains("is in use", Assert.Throws<StageStartException>(() => SharedPort.Find(port.Local, device: null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Twin.LinuxOffload)]
    [InlineData(Twin.Portable)]
    public void AddressOfAnotherMachine(Twin twin)
    {
        var error = Assert.Throws<StageStartException>(() => new UdpEnd(twin, "203.0.113.7:0"));

        Assert.Contains("does not have the address 203.0.113.7", error.Message, StringComparison.Ordinal);
        Assert.Contains("0.0.0.0", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Twin.LinuxOffload)]
    [InlineData(Twin.Portable)]
    public void AFailedStartLeavesNothingOpen(Twin twin)
    {
        using var first = new UdpEnd(Twin.LinuxOffload);
        var before = Directory.GetFiles("/proc/self/fd").Length;
        for (var i = 0; i < 20; i++)
        {
            Assert.Throws<StageStartException>(() => new UdpEnd(twin, first.Socket.Local.ToString()));
        }

        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, before + 10);
    }

    [Fact]
    public void TheSocketHasTheMarkOfTheFileAndFollowsIt()
    {
        Requires.Root();
        var options = new UdpOptions { Listen = new(IPAddress.Loopback, 0), Fwmark = new FirewallMark(0xCA6C) };
        using var end = new UdpEnd(Twin.LinuxPlain, options: options);
        var handle = ((LinuxDatagramSocket)end.Socket).Handle;
        Assert.Equal(0xCA6C, SysSocket.GetOption(handle, SysSocket.SOL_SOCKET, SysSocket.SO_MARK));
        Assert.Equal(0xCA6Cu, UdpStage.Shape(options).Network!.FirewallMark);

        end.Socket.Apply(options with { Fwmark = FirewallMark.None });
        Assert.Equal(0, SysSocket.GetOption(handle, SysSocket.SOL_SOCKET, SysSocket.SO_MARK));
        Assert.Null(UdpStage.Shape(options with { Fwmark = FirewallMark.None }).Network!.FirewallMark);
    }

    [Fact]
    public void AMarkWithoutTheRightIsTold()
    {
        Requires.Root();
        using var space = NetworkNamespace.Create();
        var options = new UdpOptions { Listen = new(IPAddress.Loopback, 0), Fwmark = new FirewallMark(7) };

        var error = Assert.Throws<StageStartException>(() => space.InvokeWithoutRights(() => new UdpEnd(Twin.LinuxPlain, options: options)));

        Assert.Contains("cannot get the fwmark 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("CAP_NET_ADMIN", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void BuffersHaveTheSizeOfTheFile()
    {
        var options = new UdpOptions { Listen = new(IPAddress.Loopback, 0), SocketBuffer = new(128 << 10) };

        using var end = new UdpEnd(Twin.LinuxOffload, options: options);

        // 128 KiB hold some tens of these; the default of 4 MiB would hold them all.
        using var sender = new UdpEnd(Twin.LinuxPlain);
        for (var i = 0; i < 500; i++)
        {
            sender.Send(end.Endpoint, Datagrams.Of(1400));
        }

        end.Wake();
        var arrived = 0;
        for (var round = 0; round < 20; round++)
        {
            end.Inbound.Clear();
            end.Wake();
            end.Receive();
            arrived += end.Inbound.Batch.Count;
        }

        Assert.InRange(arrived, 1, 499);
    }
}
