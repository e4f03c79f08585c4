using System.Net;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp;
using Culvert.Plugins.Transport.Udp.Interop;
using Culvert.Plugins.Transport.Udp.Linux;
using Culvert.Tests.Support;

namespace Transport.Udp.Tests;

/// <summary>What the kernel refuses: segmentation once and for all, or single datagrams, with real sockets and real refusals.</summary>
public sealed class RefusalTests
{
    private const int SO_NO_CHECK = 11;

    [Fact]
    public void RefusedSegmentationIsTurnedOffOnceAndNothingIsLost()
    {
        using var receiver = new UdpEnd(Twin.LinuxOffload);
        using var sender = new UdpEnd(Twin.LinuxOffload);
        // The kernel does not segment for a socket that sends without checksums (udp_send_skb: sk_no_check_tx gives EINVAL).
        Assert.Equal(0, SysSocket.SetOption(((LinuxDatagramSocket)sender.Socket).Handle, SysSocket.SOL_SOCKET, SO_NO_CHECK, 1));
        var datagrams = Datagrams.Of(10, 900, 900, 900, 30, 30, 2000, 2000);

        sender.Send(receiver.Endpoint, datagrams);
        sender.Send(receiver.Endpoint, datagrams);

        Assert.Equal([.. datagrams, .. datagrams], receiver.Receive(2 * datagrams.Length).Select(one => one.Data));
        Assert.Equal(0, sender.Counters.Segmented.Value);
        Assert.Equal("refused by the system", sender.Socket.SendOffload);
        Assert.Single(sender.Context.Log.Lines, line => line.Contains("refuses to cut sends", StringComparison.Ordinal));
    }

    [Fact]
    public void Refused_segmentation_is_tried_again_after_growing_pauses()
    {
        using var receiver = new UdpEnd(Twin.LinuxOffload);
        using var sender = new UdpEnd(Twin.LinuxOffload);
        var handle = ((LinuxDatagramSocket)sender.Socket).Handle;
        Assert.Equal(0, SysSocket.SetOption(handle, SysSocket.SOL_SOCKET, SO_NO_CHECK, 1));
        var datagrams = Datagrams.Of(900, 900, 900);
        Send();
        sender.Time.Advance(TimeSpan.FromSeconds(61));
        Send();
        Assert.Equal(0, SysSocket.SetOption(handle, SysSocket.SOL_SOCKET, SO_NO_CHECK, 0));
        sender.Time.Advance(TimeSpan.FromSeconds(61));
        Send();
        Assert.Equal(0, sender.Counters.Segmented.Value);
        sender.Time.Advance(TimeSpan.FromSeconds(60));
        Send();

        Assert.Equal(3, sender.Counters.Segmented.Value);
        Assert.Contains("UDP_SEGMENT", sender.Socket.SendOffload, StringComparison.Ordinal);
        Assert.Single(sender.Context.Log.Lines, line => line.Contains("refuses to cut sends", StringComparison.Ordinal));
        Assert.Single(sender.Context.Log.Lines, line => line.Contains("cuts sends into segments again", StringComparison.Ordinal));

        void Send()
        {
            sender.Send(receiver.Endpoint, datagrams);
            Assert.Equal(datagrams, receiver.Receive(3).Select(one => one.Data));
        }
    }

    [Theory]
    [InlineData("send", "segmentation (UDP_SEGMENT)", "off")]
    [InlineData("receive", "off", "coalescing (UDP_GRO)")]
    [InlineData("false", "off", "off")]
    public void Offload_of_the_two_ways_is_switched_apart(string setting, string sends, string receives)
    {
        Requires.Linux();
        var options = new UdpOptions { Listen = new(IPAddress.Loopback, 0), Offload = new OffloadSetting(setting == "send", setting == "receive") };
        using var end = new UdpEnd(Twin.LinuxOffload, options: options);

        Assert.Equal((sends, receives, setting), (end.Socket.SendOffload, end.Socket.ReceiveOffload, options.Offload.ToString()));
    }

    [Fact]
    public void A_blocked_service_thread_does_not_end_the_reports()
    {
        Requires.Linux();
        using var end = new UdpEnd(Twin.LinuxOffload);
        var context = end.Context;
        var destination = DatagramEndpoint.From(IPEndPoint.Parse("192.0.2.1:9"));
        var failures = new PathFailures(context);
        using var sizes = new PathMtuWatch(context, 1500, UdpStage.Ipv4Overhead);
        context.FollowsPaths = true;
        var posts = 0;
        // Until no more are taken.
        while (Record.Exception(() => context.Post(() => { })) is null && ++posts < 1_000_000)
        {
        }

        for (var i = 0; i < 2; i++)
        {
            failures.Note(destination, Errno.ECONNREFUSED);
            sizes.OnTooBig(new PathError(Errno.EMSGSIZE, IsLocal: false, destination, 1400));
            context.RunService(limit: posts + 10);
            end.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((2, 2), (context.ReportedPathFailures.Count, context.ReportedPaths.Count));
    }

    [Fact]
    public void What_the_network_says_is_passed_on_with_its_destination()
    {
        Requires.Root();
        Requires.Tool("ip");
        using var space = NetworkNamespace.Create();
        space.Run("ip route add prohibit 203.0.113.0/24");
        using var sender = space.Invoke(() => new UdpEnd(Twin.LinuxOffload, "0.0.0.0:0"));
        var closed = DatagramEndpoint.From(IPEndPoint.Parse("127.0.0.1:9"));
        var prohibited = DatagramEndpoint.From(IPEndPoint.Parse("203.0.113.1:9"));
        sender.Send(closed, [1]);
        sender.Wake();
        sender.Receive();
        sender.Context.RunService();
        sender.Time.Advance(TimeSpan.FromSeconds(1));
        sender.Send(prohibited, [1]);
        sender.Context.RunService();

        Assert.Equal(
            [(closed, "nobody listens on the port"), (prohibited, "prohibited by a firewall or a router")],
            sender.Context.ReportedPathFailures.Select(one => (one.Destination.Remote, one.Reason)));
        Assert.Contains(sender.Context.Log.Lines, line => line.Contains("do not arrive: nobody listens", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(5, true, false)]
    [InlineData(22, false, true)]
    [InlineData(90, false, false)]
    [InlineData(11, false, false)]
    [InlineData(1, false, false)]
    public void RefusalsOfSegmentation(int errno, bool certain, bool possible)
    {
        Assert.Equal(certain, LinuxErrors.RefusesSegmentation(errno));
        Assert.Equal(possible, LinuxErrors.MayRefuseSegmentation(errno));
    }

    [Theory]
    [InlineData(Errno.EMSGSIZE, "TooBig")]
    [InlineData(Errno.ENETUNREACH, "Unreachable")]
    [InlineData(Errno.EHOSTUNREACH, "Unreachable")]
    [InlineData(Errno.ECONNREFUSED, "Refused")]
    [InlineData(Errno.EAGAIN, "BufferFull")]
    [InlineData(Errno.ENOBUFS, "BufferFull")]
    [InlineData(Errno.EPERM, "NotPermitted")]
    [InlineData(Errno.EACCES, "NotPermitted")]
    [InlineData(Errno.EAFNOSUPPORT, "WrongFamily")]
    [InlineData(Errno.EINVAL, "Other")]
    public void ClassesOfFailedSends(int errno, string failure) => Assert.Equal(failure, LinuxErrors.Classify(errno).ToString());

    [Theory]
    [InlineData(Twin.LinuxOffload)]
    [InlineData(Twin.LinuxPlain)]
    [InlineData(Twin.Portable)]
    public void OneEndpointThatCannotBeReachedDoesNotHoldUpTheOthers(Twin twin)
    {
        Requires.Root();
        Requires.Tool("ip");
        using var space = NetworkNamespace.Create();
        space.Run("ip route add unreachable 198.51.100.0/24");
        space.Run("ip route add prohibit 203.0.113.0/24");
        using var sender = space.Invoke(() => new UdpEnd(twin, "0.0.0.0:0"));
        using var receiver = space.Invoke(() => new UdpEnd(twin));
        var datagrams = Datagrams.Of([.. Enumerable.Repeat(500, 9)]);
        var batch = sender.Batch(datagrams);
        string[] targets = [receiver.Endpoint.ToString(), "198.51.100.1:9", "203.0.113.1:9", "192.0.2.1:9"];
        for (var i = 0; i < batch.Count; i++)
        {
            var packet = batch[i];
            packet.Endpoint = DatagramEndpoint.From(IPEndPoint.Parse(targets[i / 2 % targets.Length]));
        }

        sender.Socket.Send(batch);

        Assert.Equal([datagrams[0], datagrams[1], datagrams[8]], receiver.Receive(3).Select(one => one.Data));
        Assert.Equal(4, sender.Counters.Unreachable.Value);
        Assert.Equal(2, sender.Counters.NotPermitted.Value);
        Assert.Single(sender.Context.Log.Lines, line => line.Contains("was not sent", StringComparison.Ordinal));
        sender.Time.Advance(TimeSpan.FromMinutes(2));
        sender.Send(DatagramEndpoint.From(IPEndPoint.Parse(targets[1])), datagrams);
        Assert.Equal(2, sender.Context.Log.Lines.Count(line => line.Contains("was not sent", StringComparison.Ordinal)));
    }
}
