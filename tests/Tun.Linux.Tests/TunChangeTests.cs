using Culvert.Endpoints;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;
using Culvert.Tests.Support;

namespace Tun.Linux.Tests;

/// <summary>What somebody else does to the device while it is open, and what the path does to its MTU.</summary>
public sealed class TunChangeTests
{
    [Fact]
    public void An_mtu_changed_from_outside_is_reported_to_the_plan()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24"));
        site.Space.Run("ip link set tun-test mtu 1300");
        TunSite.Eventually(() => site.Context.ReportedMtus.SequenceEqual([1300]));
        site.Space.Run("ip link set tun-test mtu 9000");
        TunSite.Eventually(() => site.Context.ReportedMtus.SequenceEqual([1300, 9000]));
        Assert.Equal(9000, site.Stage.GetStatus()["mtu"]!.GetValue<int>());
        site.Space.Run("ip link set tun-test mtu 1420");
        TunSite.Eventually(() => site.Context.ReportedMtus.SequenceEqual([1300, 9000, 1420]));
    }

    [Fact]
    public void The_device_follows_the_plan_without_reporting_it_back()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24"));
        site.Context.SetMtu(1340);
        Assert.Contains("mtu 1340", site.Space.Run("ip link show tun-test"), StringComparison.Ordinal);
        site.Context.SetMtu(1400);
        Assert.Contains("mtu 1400", site.Space.Run("ip link show tun-test"), StringComparison.Ordinal);

        // What is heard after this was heard after those, so they were not reported.
        site.Space.Run("ip link set tun-test mtu 1300");
        TunSite.Eventually(() => site.Context.ReportedMtus.Count > 0);
        Assert.Equal([1300], site.Context.ReportedMtus);
    }

    [Fact]
    public void An_mtu_set_from_outside_stays_when_the_plan_changes()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24"));
        site.Space.Run("ip link set tun-test mtu 1300");
        TunSite.Eventually(() => site.Context.ReportedMtus.Count == 1);
        site.Context.SetMtu(1400);
        Assert.Contains("mtu 1300", site.Space.Run("ip link show tun-test"), StringComparison.Ordinal);
    }

    [Fact]
    public void Packets_above_the_plan_are_answered_and_a_transfer_finds_the_size_that_fits()
    {
        Requires.TunDevice();
        Requires.Tool("ping");
        Requires.Tool("iperf3");
        using var left = new TunSite(TunSite.Options("10.99.0.1/24 fd99::1/64"));
        using var right = new TunSite(TunSite.Options("10.99.0.2/24 fd99::2/64"));
        left.Space.Run("ip link set tun-test mtu 1500");
        right.Space.Run("ip link set tun-test mtu 1500");
        TunSite.Eventually(() => left.Stage.GetStatus()["mtu"]!.GetValue<int>() == 1500);
        var judge = new ChecksumJudge(1420);
        using var bridge = new TunBridge(left, right, judge.Look);

        var ipv4 = left.Space.TryRun("ping -c 1 -W 1 -M do -s 1472 10.99.0.2");
        Assert.Contains("mtu = 1420", ipv4.Output + ipv4.Error, StringComparison.Ordinal);
        var ipv6 = left.Space.TryRun("ping -c 1 -W 1 -M do -s 1452 fd99::2");
        Assert.Contains("mtu=1420", (ipv6.Output + ipv6.Error).Replace("mtu: ", "mtu=", StringComparison.Ordinal), StringComparison.Ordinal);

        left.Space.Run("ip route flush cache");
        using var server = new Iperf(right.Space);
        left.Space.Run("iperf3 -c 10.99.0.2 -n 2M --connect-timeout 3000");
        Assert.Empty(judge.Complaints);
        Assert.True(left.Count("too-big") >= left.Count("too-big-answers"));
        Assert.InRange(left.Count("too-big-answers"), 2, 200);
        Assert.Empty(bridge.Failures);
    }

    [Fact]
    public void Taken_down_it_drops_and_counts_until_it_is_up()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24"));
        var batch = site.Batch(Direction.Inbound);
        site.Space.Run("ip link set tun-test down");
        Write(site, batch);
        Assert.Equal(1, site.Count("device-down"));
        TunSite.Eventually(() => !site.Stage.GetStatus()["up"]!.GetValue<bool>());
        site.Space.Run("ip link set tun-test up");
        TunSite.Eventually(() => site.Stage.GetStatus()["up"]!.GetValue<bool>());
        Write(site, batch);
        Assert.Equal(1, site.Count("device-down"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deleted_from_outside_it_is_lost_for_good(bool whileWaiting)
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24"));
        var batch = site.Batch(Direction.Outbound);
        if (whileWaiting)
        {
            using var wait = new PollWait(site.Stage.Descriptor!.Value);
            var receive = Task.Factory.StartNew(
                () =>
                {
                    for (var rounds = 0; rounds < 1000; rounds++)
                    {
                        wait.Wait();
                        batch.Clear();
                        site.Stage.Receive(batch.Filler);
                    }
                },
                TaskCreationOptions.LongRunning);
            site.Space.Run("ip link del tun-test");
            var lost = await Assert.ThrowsAsync<EndpointLostException>(() => receive);
            Assert.Contains("tun-test", lost.Message, StringComparison.Ordinal);
        }
        else
        {
            site.Space.Run("ip link del tun-test");
            Assert.Throws<EndpointLostException>(() => site.Stage.Receive(batch.Filler));
        }

        Write(site, site.Batch(Direction.Inbound));
        Assert.Equal(1, site.Count("device-down"));
    }

    private static void Write(TunSite site, TestBatch batch)
    {
        var packet = PacketBuilder.Ipv4("10.99.0.9", "10.99.0.1").Icmp(8).Payload(8).Build();
        batch.Clear();
        batch.Add(packet);
        site.Stage.Inbound(batch.Batch);
    }
}
