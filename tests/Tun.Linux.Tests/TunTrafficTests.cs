using System.Globalization;
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
}
