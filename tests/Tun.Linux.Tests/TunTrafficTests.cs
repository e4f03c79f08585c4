using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Culvert.Packets;
using Culvert.Plugins.Tun.Linux;
using Culvert.Testing;
using Culvert.Tests.Support;

namespace Tun.Linux.Tests;

/// <summary>Real traffic of real hosts through two devices.</summary>
public sealed class TunTrafficTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hosts_reach_each_other_over_both_families(bool offload)
    {
        Requires.TunDevice();
        Requires.Tool("ping");
        using var left = new TunSite(TunSite.Options("10.99.0.1/24 fd99::1/64", offload: offload));
        using var right = new TunSite(TunSite.Options("10.99.0.2/24 fd99::2/64", offload: offload));
        using var bridge = new TunBridge(left, right);

        left.Space.Run("ping -c 2 -i 0.01 -W 3 10.99.0.2");
        left.Space.Run("ping -c 2 -i 0.01 -W 3 fd99::2");
        right.Space.Run("ping -c 1 -W 3 -s 1392 -M do 10.99.0.1");
        Assert.Empty(bridge.Failures);
    }

    [Theory]
    [InlineData(true, "10.99.0.2", 1)]
    [InlineData(false, "10.99.0.2", 1)]
    [InlineData(true, "fd99::2", 1)]
    [InlineData(true, "10.99.0.2", 2)]
    public void A_transfer_arrives_in_packets_no_larger_than_the_mtu_with_right_checksums(bool offload, string address, int lanes)
    {
        Requires.TunDevice();
        Requires.Tool("iperf3");
        using var left = new TunSite(TunSite.Options("10.99.0.1/24 fd99::1/64", offload: offload), lanes: lanes);
        using var right = new TunSite(TunSite.Options("10.99.0.2/24 fd99::2/64", offload: offload), lanes: lanes);
        var judge = new ChecksumJudge(1420);
        using var bridge = new TunBridge(left, right, judge.Look);

        using var server = new Iperf(right.Space);
        left.Space.Run($"iperf3 -c {address} -n 20M -P 2 --connect-timeout 3000");

        Assert.Empty(bridge.Failures);
        Assert.Empty(judge.Complaints);
        Assert.True(judge.Packets > 10_000, judge.Packets.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(offload, left.Count("split") > 0);
        Assert.Equal(offload, right.Count("super-packets") > 0);
        Assert.Equal(0, left.Count("malformed") + right.Count("refused"));
    }

    /// <summary>One send of 20 datagrams goes through as super-packets on both sides where the kernel has USO (Linux 6.2), else singly.</summary>
    [Theory]
    [InlineData("10.99.0.1", "10.99.0.2")]
    [InlineData("fd99::1", "fd99::2")]
    public void Datagrams_of_one_send_arrive_one_by_one_as_they_were(string from, string to)
    {
        const int UdpLevel = 17;
        const int UdpSegment = 103;
        Requires.TunDevice();
        using var left = new TunSite(TunSite.Options("10.99.0.1/24 fd99::1/64"));
        using var right = new TunSite(TunSite.Options("10.99.0.2/24 fd99::2/64"));
        var judge = new ChecksumJudge(1420);
        using var bridge = new TunBridge(left, right, judge.Look);
        // The kernel makes an IPv6 address valid for reception a moment after it was added, on a thread of its own.
        var family = to.Contains(':', StringComparison.Ordinal) ? "-6" : "-4";
        TunSite.Eventually(() => right.Space.Run($"ip {family} route show table local").Contains($"local {to} ", StringComparison.Ordinal));
        using var receiver = right.Space.Invoke(() => Socket(to, 7000));
        using var sender = left.Space.Invoke(() => Socket(from, 0));
        receiver.ReceiveTimeout = 20_000;
        sender.SetRawSocketOption(UdpLevel, UdpSegment, BitConverter.GetBytes(1000));

        var sent = new byte[19_500];
        new Random(1).NextBytes(sent);
        sender.SendTo(sent, new IPEndPoint(IPAddress.Parse(to), 7000));

        var datagram = new byte[2000];
        for (var done = 0; done < sent.Length; done += 1000)
        {
            var length = receiver.Receive(datagram);
            Assert.Equal(sent.AsSpan(done, Math.Min(1000, sent.Length - done)), datagram.AsSpan(0, length));
        }

        Assert.Empty(judge.Complaints);
        Assert.Equal(0, right.Count("refused") + left.Count("malformed"));
        if (left.Stage.GetStatus()["offload"]!.GetValue<string>() == "tcp udp")
        {
            Assert.Equal(1, left.Count("split"));
            // Counted after the write: the receiver may be here first.
            TunSite.Eventually(() => right.Count("coalesced") == 20);
            Assert.Equal(1, right.Count("super-packets"));
        }
    }

    [Fact]
    public void Carrying_packets_allocates_nothing()
    {
        Requires.TunDevice();
        Requires.Tool("iperf3");
        using var left = new TunSite(TunSite.Options("10.99.0.1/24"));
        using var right = new TunSite(TunSite.Options("10.99.0.2/24"));
        using var bridge = new TunBridge(left, right);
        using var server = new Iperf(right.Space);
        left.Space.Run("iperf3 -c 10.99.0.2 -n 2M --connect-timeout 3000");
        SteadyState.AllocatesNothing(() =>
        {
            bridge.Measure();
            left.Space.Run("iperf3 -c 10.99.0.2 -n 20M --connect-timeout 3000");
            left.Space.Run("iperf3 -c 10.99.0.2 -u -l 64 -b 20M -n 500K --connect-timeout 3000");
            Assert.Empty(bridge.Failures);
            return bridge.AllocatedSinceMeasure();
        });
    }

    [Fact]
    public void The_stage_keeps_the_laws_of_every_stage()
    {
        Requires.TunDevice();
        var options = TunSite.Options("10.99.0.1/24 fd99::1/64");
        using var site = new TunSite(options);
        var harness = new StageHarness<TunStage>(site.Stage, TunStage.Shape(options), site.Context);
        ConformanceLaws.CheckAll(
            harness,
            [
                PacketBuilder.Ipv4("10.99.0.9", "10.99.0.1").Udp().Payload(100).Build(),
                PacketBuilder.Ipv6("fd99::9", "fd99::1").Tcp().Payload(100).Build(),
            ],
            Direction.Inbound);
    }

    private static Socket Socket(string address, int port)
    {
        var ip = IPAddress.Parse(address);
        var socket = new Socket(ip.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(ip, port));
        return socket;
    }
}
