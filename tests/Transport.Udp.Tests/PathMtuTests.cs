using System.Net;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp;
using Culvert.Tests.Support;

namespace Transport.Udp.Tests;

/// <summary>A real path that is narrower than the file says.</summary>
public sealed class PathMtuTests
{
    [Theory]
    [InlineData(300, false, 576)]
    [InlineData(577, false, 577)]
    [InlineData(1279, true, 1280)]
    [InlineData(1400, true, 1400)]
    public void AForgedMtuDoesNotStarveTheTunnel(int said, bool ipv6, int believed) =>
        Assert.Equal(believed, PathMtuFloor.Apply(said, ipv6));

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

        Assert.Equal([1200, 1200], receiver.Receive(2).Select(one => one.Data.Length).Where(length => length > 100));
        Assert.Equal([1300], sender.Context.ReportedMtus);
        Assert.InRange(sender.Counters.TooBig.Value, 3, 4);

        sender.Time.Advance(TimeSpan.FromMinutes(10));
        left.Invoke(() => sender.Context.RunService());
        Assert.Equal([1300, 1500], sender.Context.ReportedMtus);
    }

    [Fact]
    public void ARouterThatSaysItsLinkIsNarrowIsBelieved()
    {
        Requires.Root();
        using var left = NetworkNamespace.Create();
        using var router = NetworkNamespace.Create();
        using var right = NetworkNamespace.Create();
        NetworkNamespace.Connect(left, "eth0", router, "eth0");
        NetworkNamespace.Connect(router, "eth1", right, "eth0", mtu: 1250);
        left.Run("ip addr add 192.0.2.1/24 dev eth0");
        router.Run("ip addr add 192.0.2.254/24 dev eth0");
        router.Run("ip addr add 198.51.100.254/24 dev eth1");
        right.Run("ip addr add 198.51.100.1/24 dev eth0");
        left.Run("ip route add default via 192.0.2.254");
        right.Run("ip route add default via 198.51.100.254");
        router.Run("sysctl -qw net.ipv4.ip_forward=1");
        using var sender = left.Invoke(() => new UdpEnd(Twin.LinuxOffload, "0.0.0.0:0", pathMtu: 1500));
        using var receiver = right.Invoke(() => new UdpEnd(Twin.LinuxOffload, "0.0.0.0:0"));
        var to = DatagramEndpoint.From(new IPEndPoint(IPAddress.Parse("198.51.100.1"), receiver.Endpoint.Port));
        sender.Send(to, Datagrams.Of(1000));
        Assert.Single(receiver.Receive(1));

        for (var i = 0; i < 100 && sender.Counters.TooBig.Value == 0; i++)
        {
            sender.Send(to, Datagrams.Of(1400, 1400));
            Thread.Sleep(20);
        }

        left.Invoke(() => sender.Context.RunService());
        Assert.Equal([1250], sender.Context.ReportedMtus);
    }
}
