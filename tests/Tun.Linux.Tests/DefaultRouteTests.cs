using System.Net;
using Culvert.Endpoints;
using Culvert.Plugins.Tun.Linux;
using Culvert.Stages;
using Culvert.Tests.Support;

namespace Tun.Linux.Tests;

/// <summary>Default routes with the policy rules of wg-quick(8), routes of the plan and of other tables; and that nothing of it stays.</summary>
public sealed class DefaultRouteTests
{
    private static readonly StagePlan _marked = Plan(51820);

    // A machine with a default route, an address and a rule of its own: what has to be as before afterwards.
    private static readonly string[] _machine =
    [
        "ip link add eth0 type veth peer name eth1", "ip link set eth1 addrgenmode none", "ip link set eth0 addrgenmode none", "ip link set eth1 up", "ip link set eth0 up", "ip addr add 192.0.2.1/24 dev eth0", "ip -6 addr add 2001:db8::1/64 dev eth0 nodad",
        "ip route add default via 192.0.2.254", "ip -6 route add default via 2001:db8::fe", "ip rule add fwmark 7 table 77 pref 1000",
    ];

    [Fact]
    public void Default_routes_get_a_table_of_their_own_and_the_rules_of_wg_quick()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24 fd99::1/64", "0.0.0.0/0 ::/0 10.80.0.0/16"), _marked, _machine);
        string[] rules = [.. site.Space.Run("ip -4 rule").Split('\n').Select(Normal).Take(4)];
        Assert.Equal(["0: from all lookup local", "998: from all lookup main suppress_prefixlength 0 proto 87",
            "999: not from all fwmark 0xca6c lookup 51820 proto 87", "1000: from all fwmark 0x7 lookup 77"], rules);
        Assert.Contains("32765: not from all fwmark 0xca6c lookup 51820", Normal(site.Space.Run("ip -6 rule")), StringComparison.Ordinal);
        Assert.Contains("default dev tun-test", site.Space.Run("ip -4 route show table 51820"), StringComparison.Ordinal);
        Assert.Contains("default dev tun-test", site.Space.Run("ip -6 route show table 51820"), StringComparison.Ordinal);
        Assert.Contains("10.80.0.0/16 dev tun-test", site.Space.Run("ip -4 route show table main"), StringComparison.Ordinal);

        Assert.Contains("dev tun-test", site.Space.Run("ip route get 203.0.113.7"), StringComparison.Ordinal);
        Assert.Contains("dev tun-test", site.Space.Run("ip route get 2001:db8:1::7"), StringComparison.Ordinal);
        Assert.Contains("via 192.0.2.254 dev eth0", site.Space.Run("ip route get 203.0.113.7 mark 51820"), StringComparison.Ordinal);
        Assert.Contains("dev eth0", site.Space.Run("ip route get 192.0.2.9"), StringComparison.Ordinal);

        site.CloseDevice();
        Assert.Equal(site.Before, site.Routing);
    }

    [Fact]
    public void Routes_of_the_plan_leave_out_the_networks_of_the_device()
    {
        Requires.TunDevice();
        var plan = _marked with { Prefixes = [Net("10.99.0.2/32"), Net("10.81.0.0/16"), Net("::/0"), Net("10.99.0.0/24")] };
        using var site = new TunSite(TunSite.Options("10.99.0.1/24") with { Routes = RouteSetting.Auto }, plan, _machine);
        var main = site.Space.Run("ip -4 route show table main");
        Assert.Contains("10.81.0.0/16 dev tun-test", main, StringComparison.Ordinal);
        Assert.DoesNotContain("10.99.0.2 ", main, StringComparison.Ordinal);
        Assert.Contains("default dev tun-test", site.Space.Run("ip -6 route show table 51820"), StringComparison.Ordinal);
        Assert.DoesNotContain("51820", site.Space.Run("ip -4 rule"), StringComparison.Ordinal);
        Assert.Equal("[\"10.81.0.0/16\",\"::/0\"]", site.Stage.GetStatus()["routes"]!.ToJsonString());

        site.CloseDevice();
        Assert.Equal(site.Before, site.Routing);
    }

    [Fact]
    public void A_table_of_the_file_takes_all_routes_and_needs_no_rules()
    {
        Requires.TunDevice();
        var options = TunSite.Options("10.99.0.1/24", "0.0.0.0/0 10.80.0.0/16") with { Table = new RouteTable(1234) };
        using var site = new TunSite(options, _marked, _machine);
        var table = site.Space.Run("ip -4 route show table 1234");
        Assert.Contains("default dev tun-test", table, StringComparison.Ordinal);
        Assert.Contains("10.80.0.0/16 dev tun-test", table, StringComparison.Ordinal);
        Assert.DoesNotContain("tun-test", site.Space.Run("ip -4 route show table main").Replace("10.99.0.0/24 dev tun-test", ""), StringComparison.Ordinal);
        Assert.DoesNotContain("51820", site.Space.Run("ip -4 rule"), StringComparison.Ordinal);

        site.CloseDevice();
        Assert.Equal(site.Before, site.Routing);
    }

    [Fact]
    public void Another_mark_moves_the_default_route_of_the_living_device()
    {
        Requires.TunDevice();
        var options = TunSite.Options("10.99.0.1/24", "0.0.0.0/0");
        using var site = new TunSite(options, _marked, _machine);
        var running = site.Routing;
        using (var refused = site.Context.Successor(Plan(4242)))
        {
            // As when another stage of the new chain does not start.
            site.Space.Invoke(() => new TunStage(options, refused)).Dispose();
        }

        Assert.Equal(running, site.Routing);
        using var context = site.Context.Successor(Plan(4242));
        using var stage = site.Space.Invoke(() => new TunStage(options, context));
        context.RunService();
        Assert.DoesNotContain("51820", site.Routing, StringComparison.Ordinal);
        Assert.Contains("fwmark 0x1092 lookup 4242", site.Routing, StringComparison.Ordinal);
        Assert.Contains("via 192.0.2.254 dev eth0", site.Space.Run("ip route get 203.0.113.7 mark 4242"), StringComparison.Ordinal);

        context.Dispose();
        site.CloseDevice();
        Assert.Equal(site.Before, site.Routing);
    }

    [Fact]
    public void Rules_that_a_killed_run_left_are_replaced_and_those_of_others_stay()
    {
        Requires.TunDevice();
        string[] left =
        [
            .. _machine, "ip rule add table main suppress_prefixlength 0 pref 500 protocol 87", "ip rule add not fwmark 51820 table 51820 pref 501 protocol 87",
            "ip rule add table main suppress_prefixlength 0 pref 700", "ip rule add not fwmark 51820 table 51820 pref 701",
        ];
        using var site = new TunSite(TunSite.Options("", "0.0.0.0/0"), _marked, left);
        site.CloseDevice();
        var after = site.Space.Run("ip -4 rule");
        Assert.DoesNotContain("proto 87", after, StringComparison.Ordinal);
        Assert.Contains("700:", after, StringComparison.Ordinal);
        Assert.Contains("701:", after, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_that_has_a_default_route_already_is_named()
    {
        Requires.TunDevice();
        var error = Assert.Throws<StageStartException>(
            () => new TunSite(TunSite.Options("", "0.0.0.0/0"), _marked, [.. _machine, "ip route add default dev eth0 table 51820"]));
        Assert.Equal("the route 0.0.0.0/0 of table 51820 is taken: it leads to 'eth0' already", error.Message);
        Assert.Contains("another number", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_strict_reverse_path_filter_is_a_warning()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("", "0.0.0.0/0"), _marked, [.. _machine, "sysctl -q -w net.ipv4.conf.eth0.rp_filter=1"]);
        Assert.Contains(site.Context.Log.Lines, line => line.Contains("set net.ipv4.conf.eth0.rp_filter=2", StringComparison.Ordinal));
    }

    private static StagePlan Plan(uint mark) => new(1420, "1420 (test)") { Network = new() { FirewallMark = mark } };

    private static IPNetwork Net(string text) => IPNetwork.Parse(text);

    private static string Normal(string text) => text.Replace('\t', ' ').Replace("  ", " ", StringComparison.Ordinal).Trim();
}
