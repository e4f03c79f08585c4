using System.Net;
using Culvert.Endpoints;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp;
using Culvert.Plugins.Transport.Udp.Interop;
using Culvert.Plugins.Transport.Udp.Linux;
using Culvert.Tests.Support;

namespace Transport.Udp.Tests;

/// <summary>A real path that is narrower than the file says.</summary>
public sealed class PathMtuTests
{
    [Theory]
    [InlineData("192.0.2.1/24", "192.0.2.2/24", "0.0.0.0:0", Twin.LinuxOffload)]
    [InlineData("192.0.2.1/24", "192.0.2.2/24", "0.0.0.0:0", Twin.LinuxPlain)]
    [InlineData("192.0.2.1/24", "192.0.2.2/24", "[::]:0", Twin.LinuxOffload)]
    [InlineData("fd00::1/64", "fd00::2/64", "[::]:0", Twin.LinuxOffload)]
    public void ANarrowDeviceIsFollowedAndTriedAgainLater(string near, string far, string listen, Twin twin)
    {
        Requires.Root();
        using var left = NetworkNamespace.Create();
        using var right = NetworkNamespace.Create();
        NetworkNamespace.Connect(left, "eth0", right, "eth0", mtu: 1300);
        left.Run($"ip addr add {near} dev eth0 nodad");
        right.Run($"ip addr add {far} dev eth0 nodad");
        using var sender = left.Invoke(() => new UdpEnd(twin, listen, pathMtu: 1500));
        using var receiver = right.Invoke(() => new UdpEnd(Twin.LinuxOffload, "[::]:0"));
        var to = DatagramEndpoint.From(new IPEndPoint(IPAddress.Parse(far.Split('/')[0]), receiver.Endpoint.Port));

        sender.Send(to, Datagrams.Of(1400, 1400, 1400, 100, 1200, 1200));
        left.Invoke(() => sender.Context.RunService());

        Assert.Equal([100, 1200, 1200], receiver.Receive(3).Select(one => one.Data.Length));
        Assert.Equal([1300], sender.Context.ReportedMtus);
        Assert.Equal(3, sender.Counters.TooBig.Value);

        sender.Time.Advance(TimeSpan.FromMinutes(10));
        left.Invoke(() => sender.Context.RunService());
        Assert.Equal([1300, 1500], sender.Context.ReportedMtus);
    }

    [Theory]
    [InlineData(Twin.LinuxOffload)]
    [InlineData(Twin.LinuxPlain)]
    public void ARouterThatSaysItsLinkIsNarrowIsHeardAndWhatIsLargerIsFragmented(Twin twin)
    {
        Requires.Root();
        using var path = new RoutedPath(mtu: 1250);
        using var sender = path.Left.Invoke(() => new UdpEnd(twin, "0.0.0.0:0", pathMtu: 1500));
        using var receiver = path.Right.Invoke(() => new UdpEnd(Twin.LinuxOffload, "0.0.0.0:0"));
        var to = DatagramEndpoint.From(new IPEndPoint(IPAddress.Parse("198.51.100.1"), receiver.Endpoint.Port));
        for (var i = 0; i < 100 && sender.Context.ReportedMtus.Count == 0; i++)
        {
            sender.Send(to, Datagrams.Of(1400, 1400));
            Thread.Sleep(20);
            path.Left.Invoke(() => sender.Context.RunService());
        }

        Assert.Equal([1250], sender.Context.ReportedMtus);
        sender.Send(to, Datagrams.Of(1400, 1222, 1400));
        Assert.Equal([1222, 1400, 1400], receiver.Receive(3).Select(one => one.Data.Length).Order());
    }

    [Theory]
    [InlineData(Twin.LinuxOffload)]
    [InlineData(Twin.LinuxPlain)]
    public void ARouteOfAPolicyRuleIsTheOneThatIsAskedFor(Twin twin)
    {
        Requires.Root();
        using var left = NetworkNamespace.Create();
        using var right = NetworkNamespace.Create();
        NetworkNamespace.Connect(left, "wide", right, "wide");
        NetworkNamespace.Connect(left, "narrow", right, "narrow", mtu: 1300);
        left.Run("ip addr add 192.0.2.1/24 dev wide");
        left.Run("ip addr add 198.51.100.1/24 dev narrow");
        left.Run("ip route add default via 192.0.2.2");
        left.Run("ip route add default via 198.51.100.2 table 7");
        left.Run("ip rule add ipproto udp sport 7000 lookup 7");
        using var sender = left.Invoke(() => new UdpEnd(twin, "0.0.0.0:7000", pathMtu: 1500));

        sender.Send(DatagramEndpoint.From(IPEndPoint.Parse("203.0.113.9:9")), Datagrams.Of(1400, 1400, 1400));
        left.Invoke(() => sender.Context.RunService());

        Assert.Equal([1300], sender.Context.ReportedMtus);
    }

    [Fact]
    public void AStageThatFollowsPathsGetsTheReportAndThePlanStays()
    {
        Requires.Root();
        using var path = new RoutedPath(mtu: 1250);
        using var sender = path.Left.Invoke(() => new UdpEnd(Twin.LinuxOffload, "[::]:0", pathMtu: 1500));
        sender.Context.FollowsPaths = true;
        var to = DatagramEndpoint.From(IPEndPoint.Parse("198.51.100.1:9"));
        for (var i = 0; i < 100 && sender.Context.ReportedPaths.Count == 0; i++)
        {
            sender.Send(to, Datagrams.Of(1400));
            Thread.Sleep(20);
            path.Left.Invoke(() => sender.Context.RunService());
        }

        Assert.Equal((to, 1250), sender.Context.ReportedPaths[0]);
        Assert.Empty(sender.Context.ReportedMtus);
    }

    /// <summary>Any host can forge the message that leads to such a route: it takes the tunnel's ports, and no secret.</summary>
    [Theory]
    [InlineData(Twin.LinuxOffload)]
    [InlineData(Twin.LinuxPlain)]
    public void AForgedIcmpMessageStopsNoDatagram(Twin twin)
    {
        Requires.Root();
        using var path = new RoutedPath(mtu: 1500);
        using var sender = path.Left.Invoke(() => new UdpEnd(twin, "192.0.2.1:5000", pathMtu: 1500));
        using var receiver = path.Right.Invoke(() => new UdpEnd(Twin.LinuxOffload, "198.51.100.1:5000"));
        sender.Context.FollowsPaths = true;
        sender.Send(receiver.Endpoint, Datagrams.Of(1472));
        Assert.Single(receiver.Receive(1));

        path.Router.Invoke(() => ForgedIcmp.FragmentationNeeded("192.0.2.1:5000", "198.51.100.1:5000", mtu: 68));
        Until(() => path.Left.Run("ip route get 198.51.100.1").Contains("mtu lock 552", StringComparison.Ordinal));

        sender.Send(receiver.Endpoint, Datagrams.Of(1472, 1472, 1472, 100));
        Assert.Equal(4, receiver.Receive(4).Count);
        Assert.Equal(0, sender.Counters.TooBig.Value);
        path.Left.Invoke(() => sender.Context.RunService());
        Assert.Equal((receiver.Endpoint, 68), Assert.Single(sender.Context.ReportedPaths));
    }

    [Fact]
    public void WhatIsSaidToBeLessThanAnyPathCarriesLowersThePlanToTheLeastOneOnly()
    {
        Requires.Linux();
        using var end = new UdpEnd(Twin.LinuxOffload);
        using var watch = new PathMtuWatch(end.Context, 1500, UdpStage.Ipv4Overhead);

        watch.OnTooBig(new PathError(Errno.EMSGSIZE, IsLocal: false, DatagramEndpoint.From(IPEndPoint.Parse("192.0.2.1:9")), 68));
        end.Context.RunService();

        Assert.Equal([PathMtuSetting.Min], end.Context.ReportedMtus);
        Assert.Equal(68 - UdpStage.Ipv4Overhead, watch.FragmentAbove);
    }

    [Fact]
    public void ADatagramThatMayBeFragmentedArrives()
    {
        Requires.Root();
        using var path = new RoutedPath(mtu: 1250);
        using var sender = path.Left.Invoke(() => new UdpEnd(Twin.LinuxOffload, "0.0.0.0:0", pathMtu: 1500));
        using var receiver = path.Right.Invoke(() => new UdpEnd(Twin.LinuxOffload, "0.0.0.0:0"));
        sender.Context.FollowsPaths = true;
        var to = DatagramEndpoint.From(new IPEndPoint(IPAddress.Parse("198.51.100.1"), receiver.Endpoint.Port));
        var batch = sender.Batch(Datagrams.Of(1200, 1300, 1300, 1301, 1400));
        for (var i = 0; i < batch.Count; i++)
        {
            var packet = batch[i];
            packet.Endpoint = to;
            packet.MayFragment = i is 1 or 2;
        }

        sender.Socket.Send(batch);
        Assert.Equal([1200, 1300, 1300], receiver.Receive(3).Select(one => one.Data.Length).Order());
    }

    private static void Until(Func<bool> condition)
    {
        for (var i = 0; i < 200 && !condition(); i++)
        {
            Thread.Sleep(10);
        }

        Assert.True(condition());
    }

    /// <summary>192.0.2.1 — router — 198.51.100.1, with a second link of some MTU.</summary>
    private sealed class RoutedPath : IDisposable
    {
        public RoutedPath(int mtu)
        {
            NetworkNamespace.Connect(Left, "eth0", Router, "eth0");
            NetworkNamespace.Connect(Router, "eth1", Right, "eth0", mtu: mtu);
            Left.Run("ip addr add 192.0.2.1/24 dev eth0");
            Router.Run("ip addr add 192.0.2.254/24 dev eth0");
            Router.Run("ip addr add 198.51.100.254/24 dev eth1");
            Right.Run("ip addr add 198.51.100.1/24 dev eth0");
            Left.Run("ip route add default via 192.0.2.254");
            Right.Run("ip route add default via 198.51.100.254");
            Router.Run("sysctl -qw net.ipv4.ip_forward=1");
        }

        public NetworkNamespace Left { get; } = NetworkNamespace.Create();

        public NetworkNamespace Router { get; } = NetworkNamespace.Create();

        public NetworkNamespace Right { get; } = NetworkNamespace.Create();

        public void Dispose()
        {
            Left.Dispose();
            Router.Dispose();
            Right.Dispose();
        }
    }
}
