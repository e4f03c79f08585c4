using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>
/// A gateway that forwards what leaves the tunnel into a VXLAN: the kernel puts headers before super-packets that we wrote and cuts them then. The
/// gateway has 10.80.0.1 there, its host 10.80.0.2.
/// </summary>
public sealed partial class VxlanTests
{
    private const int SolUdp = 17;
    private const int UdpSegment = 103;
    private const int Segment = 1200;
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("udpcsum")]
    [InlineData("noudpcsum")]
    public async Task Super_packets_of_the_tunnel_pass_a_VXLAN(string sums)
    {
        Requires.TunDevice();
        Requires.Tool("ping");
        using var gateway = NetworkNamespace.Create();
        using var host = NetworkNamespace.Create();
        using var caller = NetworkNamespace.Create();
        Prepare(gateway, host, caller, sums);
        using var left = new CulvertSite(gateway, ["10.99.0.1/24", "fd99::1/64"], "192.0.2.1:51820");
        using var right = new CulvertSite(caller, ["10.99.0.2/24", "fd99::2/64"], "192.0.2.2:51820") { TunKeys = "routes: [10.80.0.0/24, \"fd80::/64\"]" };
        left.WithPeer(right, "10.99.0.2/32, \"fd99::2/128\"");
        right.WithPeer(left, "10.99.0.0/24, 10.80.0.0/24, \"fd80::/64\"", "192.0.2.1:51820");
        left.Start();
        right.Start();
        foreach (var address in new[] { "10.80.0.2", "fd80::2" })
        {
            right.PingUntilAnswered(address, (int)_limit.TotalSeconds);
            await AssertStreams(host, caller, address);
            AssertBursts(host, caller, address);
        }

        var status = gateway.Run($"{CulvertProgram.Path} status {left.File}");
        Assert.True(SuperPackets().IsMatch(status), status);
    }

    private static void Prepare(NetworkNamespace gateway, NetworkNamespace host, NetworkNamespace caller, string sums)
    {
        NetworkNamespace.Connect(gateway, "wan", caller, "wan");
        gateway.Run("ip addr add 192.0.2.1/24 dev wan");
        caller.Run("ip addr add 192.0.2.2/24 dev wan");
        NetworkNamespace.Connect(gateway, "lan", host, "lan");
        foreach (var (space, own, other) in new[] { (gateway, 1, 2), (host, 2, 1) })
        {
            space.Run($"ip addr add 172.16.0.{own}/24 dev lan");
            space.Run($"ip link add vx0 type vxlan id 7 dstport 4789 local 172.16.0.{own} remote 172.16.0.{other} dev lan {sums}");
            space.Run("ip link set vx0 up");
            space.Run($"ip addr add 10.80.0.{own}/24 dev vx0");
            space.Run($"ip -6 addr add fd80::{own}/64 dev vx0 nodad");
        }

        host.Run("ip route add default via 10.80.0.1");
        host.Run("ip -6 route add default via fd80::1");
        gateway.Invoke(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
        gateway.Invoke(() => File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1"));
    }

    private static async Task AssertStreams(NetworkNamespace host, NetworkNamespace caller, string address)
    {
        using var listener = host.Invoke(() => new TcpListener(IPAddress.Parse(address), 8080));
        host.Invoke(listener.Start);
        using var client = caller.Invoke(() => new TcpClient(address, 8080));
        using var accepted = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using var limit = new CancellationTokenSource(_limit);
        foreach (var (from, to) in new[] { (client, accepted), (accepted, client) })
        {
            var (sent, arrived) = (new byte[4_000_000], new byte[4_000_000]);
            new Random(1).NextBytes(sent);
            var sending = from.GetStream().WriteAsync(sent, limit.Token).AsTask();
            await to.GetStream().ReadExactlyAsync(arrived, limit.Token);
            await sending;
            Assert.Equal(sent, arrived);
        }
    }

    // Bursts that leave as one datagram of many segments, each awaited: what is lost is lost to a wrong header, not to a full socket.
    private static void AssertBursts(NetworkNamespace host, NetworkNamespace caller, string address)
    {
        using var receiver = host.Invoke(() => new UdpClient(new IPEndPoint(IPAddress.Parse(address), 9000)));
        using var sender = caller.Invoke(() => new UdpClient(address, 9000));
        sender.Client.SetRawSocketOption(SolUdp, UdpSegment, BitConverter.GetBytes(Segment));
        var burst = new byte[Segment * 20];
        new Random(2).NextBytes(burst);
        for (var i = 0; i < 20; i++)
        {
            sender.Send(burst);
            for (var at = 0; at < burst.Length; at += Segment)
            {
                Assert.True(receiver.Client.Poll(_limit, SelectMode.SelectRead), $"Segment {at / Segment} of burst {i} does not arrive.");
                IPEndPoint? from = null;
                Assert.Equal(burst[at..(at + Segment)], receiver.Receive(ref from));
            }
        }
    }

    [GeneratedRegex("coalesced:? +[1-9]")]
    private static partial Regex SuperPackets();
}
