using Culvert.Plugins.Tun.Linux;
using Culvert.Stages;
using Culvert.Tests.Support;

namespace Tun.Linux.Tests;

/// <summary>What the device looks like to the host while it is open, and what stays afterwards.</summary>
public sealed class TunSetupTests
{
    [Fact]
    public void The_device_is_up_with_the_addresses_routes_and_MTU_of_the_file()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24 fd99::1/64", "10.80.0.0/16 2001:db8:1::/48 0.0.0.0/1"), mtu: 1392);

        var link = site.Space.Run("ip -d link show tun-test");
        Assert.Contains("mtu 1392", link, StringComparison.Ordinal);
        Assert.Contains("qlen 3000", link, StringComparison.Ordinal);
        Assert.Contains(",UP,", link, StringComparison.Ordinal);
        Assert.Contains("tun type tun pi off vnet_hdr on persist off", link, StringComparison.Ordinal);
        var addresses = site.Space.Run("ip -o addr show tun-test");
        Assert.Contains("inet 10.99.0.1/24", addresses, StringComparison.Ordinal);
        Assert.Contains("inet6 fd99::1/64", addresses, StringComparison.Ordinal);
        Assert.DoesNotContain("tentative", addresses, StringComparison.Ordinal);
        Assert.DoesNotContain("fe80", addresses, StringComparison.Ordinal);
        var routes = site.Space.Run("ip route") + site.Space.Run("ip -6 route");
        Assert.Contains("10.80.0.0/16 dev tun-test", routes, StringComparison.Ordinal);
        Assert.Contains("0.0.0.0/1 dev tun-test", routes, StringComparison.Ordinal);
        Assert.Contains("2001:db8:1::/48 dev tun-test", routes, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_routes_and_mtu_of_the_living_device_are_changed_in_place()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24 fd99::1/64", "10.80.0.0/16 10.81.0.0/16"));
        using var context = site.Context.Successor();
        using var stage = site.Space.Invoke(() => new TunStage(TunSite.Options("10.99.0.1/24 10.98.0.1/24", "10.81.0.0/16 10.82.0.0/16"), context));
        Assert.Equal(site.Stage.Descriptor, stage.Descriptor);
        Assert.Contains("fd99::1", site.Space.Run("ip -o addr show tun-test"), StringComparison.Ordinal);
        site.Context.SetMtu(1300);
        context.RunService();

        var addresses = site.Space.Run("ip -o addr show tun-test");
        Assert.Contains("inet 10.99.0.1/24", addresses, StringComparison.Ordinal);
        Assert.Contains("inet 10.98.0.1/24", addresses, StringComparison.Ordinal);
        Assert.DoesNotContain("fd99::1", addresses, StringComparison.Ordinal);
        var routes = site.Space.Run("ip route");
        Assert.DoesNotContain("10.80.0.0/16", routes, StringComparison.Ordinal);
        Assert.Contains("10.81.0.0/16 dev tun-test", routes, StringComparison.Ordinal);
        Assert.Contains("10.82.0.0/16 dev tun-test", routes, StringComparison.Ordinal);
        Assert.Contains("mtu 1300", site.Space.Run("ip link show tun-test"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_that_is_refused_or_not_put_in_place_leaves_the_device_as_it_was()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24", "10.80.0.0/16"), prepare: "ip link set lo up");
        var before = site.Space.Run("ip -o addr show tun-test") + site.Space.Run("ip route");
        using var refused = site.Context.Successor();
        Assert.Throws<StageStartException>(
            () => site.Space.Invoke(() => new TunStage(TunSite.Options("10.97.0.1/24 127.0.0.1/8", "10.80.0.0/16"), refused)));
        Assert.Equal(before, site.Space.Run("ip -o addr show tun-test") + site.Space.Run("ip route"));

        // As when another stage of the new chain does not start.
        using var context = site.Context.Successor();
        site.Space.Invoke(() => new TunStage(TunSite.Options("10.97.0.1/24"), context)).Dispose();
        Assert.Equal(before, site.Space.Run("ip -o addr show tun-test") + site.Space.Run("ip route"));
    }

    [Fact]
    public void Another_device_offload_or_prefix_length_reopens_it()
    {
        var running = TunSite.Options("10.99.0.1/24");
        Assert.Null(TunStage.WhyReopen(running, TunSite.Options("10.98.0.1/24", "10.80.0.0/16")));
        Assert.Equal("its device changed from 'tun-test' to 'tun-b'", TunStage.WhyReopen(running, running with { Device = "tun-b" }));
        Assert.Equal("its offload changed", TunStage.WhyReopen(running, running with { Offload = false }));
        Assert.Equal("the prefix length of 10.99.0.1 changed", TunStage.WhyReopen(running, TunSite.Options("10.99.0.1/16")));
    }

    [Fact]
    public void It_goes_when_it_is_closed()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24", "10.80.0.0/16"));
        site.CloseDevice();
        Assert.NotEqual(0, site.Space.TryRun("ip link show tun-test").ExitCode);
        Assert.Equal("", site.Space.Run("ip route").Trim());
    }

    [Fact]
    public void Without_addresses_a_site_sets_them_from_outside()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options(""));
        site.Space.Run("ip addr add 10.1.0.1/24 dev tun-test");
        Assert.Contains("10.1.0.0/24 dev tun-test", site.Space.Run("ip route"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_listed_link_local_address_is_set()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("fe80::1/64"));
        Assert.Contains("inet6 fe80::1/64 scope link", site.Space.Run("ip -o addr show tun-test"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_route_that_an_address_brings_already_may_be_listed_too()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24 fd99::1/64", "10.99.0.0/24 fd99::/64"));
        Assert.Contains("10.99.0.0/24 dev tun-test proto kernel", site.Space.Run("ip route"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_existing_device_is_restored_to_its_state()
    {
        Requires.TunDevice();
        using var site = new TunSite(
            TunSite.Options("10.99.0.1/24 10.98.0.1/24", "10.80.0.0/16"), 1392, 1,
            "ip tuntap add dev tun-test mode tun", "ip addr add 10.98.0.1/24 dev tun-test", "ip link set tun-test mtu 1500 down");
        Assert.Contains("mtu 1392", site.Space.Run("ip link show tun-test"), StringComparison.Ordinal);
        Assert.Contains("10.80.0.0/16 dev tun-test", site.Space.Run("ip route"), StringComparison.Ordinal);

        site.CloseDevice();

        var link = site.Space.Run("ip link show tun-test");
        Assert.Contains("mtu 1500", link, StringComparison.Ordinal);
        Assert.DoesNotContain(",UP", link, StringComparison.Ordinal);
        var addresses = site.Space.Run("ip -o addr show tun-test");
        Assert.Contains("10.98.0.1/24", addresses, StringComparison.Ordinal);
        Assert.DoesNotContain("10.99.0.1", addresses, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_root_has_set_up_needs_no_rights()
    {
        Requires.TunDevice();
        using var space = NetworkNamespace.Create();
        space.Run("ip tuntap add dev tun-test mode tun user 0");
        space.Run("ip addr add 10.99.0.1/24 dev tun-test");
        space.Run("ip link set tun-test mtu 1420 up");
        space.Run("ip route add 10.80.0.0/16 dev tun-test");

        var context = new Culvert.Testing.TestStageContext(mtu: 1420);
        using var stage = space.InvokeWithoutRights(() => new TunStage(TunSite.Options("10.99.0.1/24", "10.80.0.0/16"), context));
        context.Dispose();
    }

    [Fact]
    public void Each_lane_has_a_queue_of_its_own()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24"), lanes: 2);
        Assert.Contains("numqueues 2", site.Space.Run("ip -d link show tun-test"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_status_shows_the_sandbox()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24", "10.80.0.0/16"));
        var status = site.Stage.GetStatus();
        Assert.True(status["index"]!.GetValue<int>() > 0);
        status.Remove("index");
        status.Remove("offload");
        Assert.Equal(
            """{"device":"tun-test","mtu":1420,"up":true,"addresses":["10.99.0.1/24"],"routes":["10.80.0.0/16"]}""",
            status.ToJsonString());
    }

    [Fact]
    public void The_kernel_offers_tcp_super_packets_and_they_can_be_declined()
    {
        Requires.TunDevice();
        using var with = new TunSite(TunSite.Options(""));
        using var without = new TunSite(TunSite.Options("", offload: false));
        Assert.StartsWith("tcp", with.Stage.GetStatus()["offload"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("none", without.Stage.GetStatus()["offload"]!.GetValue<string>());
    }
}
