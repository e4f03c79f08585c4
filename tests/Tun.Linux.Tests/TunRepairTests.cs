using System.Text.Json.Nodes;
using Culvert.Tests.Support;

namespace Tun.Linux.Tests;

/// <summary>What others do to the device while it runs: the kernel takes addresses and routes away, people do, and the device goes elsewhere.</summary>
public sealed class TunRepairTests
{
    private const string Addresses = "10.99.0.1/24 fd99::1/64";
    private const string Routes = "10.81.0.0/16 fd81::/48";

    [Theory]
    [InlineData("ip link set tun-test down; ip link set tun-test up")]
    [InlineData("ip link set tun-test mtu 1200; ip link set tun-test mtu 1420")]
    public void What_the_kernel_removed_comes_back(string commands)
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options(Addresses, Routes));
        site.Space.TryRun(TimeSpan.FromSeconds(10), "sh", "-c", commands).Succeeded();

        TunSite.Eventually(() => Log(site, "set again:").Length == 1);
        TunSite.Eventually(() => site.Stage.GetStatus()["missing"] is null);
        Assert.Contains("fd81::/48", Log(site, "set again:")[0], StringComparison.Ordinal);
        Assert.Contains("fd99::1/64", site.Space.Run("ip -6 addr show dev tun-test"), StringComparison.Ordinal);
        Assert.DoesNotContain("fe80", site.Space.Run("ip -6 addr show dev tun-test"), StringComparison.Ordinal);
        Assert.Contains("fd81::/48", site.Space.Run("ip -6 route show dev tun-test"), StringComparison.Ordinal);
        Assert.Contains("10.81.0.0/16", site.Space.Run("ip route show dev tun-test"), StringComparison.Ordinal);
        Assert.Empty(Log(site, "removed from outside"));
    }

    [Fact]
    public void What_a_person_removed_stays_away_and_is_said_once()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options(Addresses, Routes));
        site.Space.Run("ip addr del fd99::1/64 dev tun-test");
        TunSite.Eventually(() => Log(site, "removed from outside").Length == 1);
        site.Space.Run("ip addr add 10.99.0.7/32 dev tun-test");
        TunSite.Eventually(() => Texts(site, "addresses").Contains("10.99.0.7/32"));

        Assert.Equal(["fd99::1/64"], Texts(site, "missing"));
        Assert.DoesNotContain("fd99::1/64", Texts(site, "addresses"));
        Assert.Contains("fd99::1/64", Assert.Single(Log(site, "removed from outside")), StringComparison.Ordinal);
        Assert.Empty(Log(site, "set again:"));

        site.Space.Run("ip addr add fd99::1/64 dev tun-test nodad");
        TunSite.Eventually(() => site.Stage.GetStatus()["missing"] is null);
    }

    [Fact]
    public void A_device_in_another_namespace_is_named_and_followed_again_when_it_is_back()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options(Addresses, Routes));
        using var elsewhere = NetworkNamespace.Create();
        site.Space.Run("ip link set tun-test mtu 1300");
        TunSite.Eventually(() => site.Context.ReportedMtus.Count == 1);

        site.Space.Run($"ip link set tun-test netns {elsewhere.Name}");
        TunSite.Eventually(() => site.Stage.GetStatus()["moved"] is not null);
        TunSite.Eventually(() => Log(site, "another network namespace").Length == 1);
        Assert.Equal([1300], site.Context.ReportedMtus);

        elsewhere.Run("ip link set tun-test name other mtu 1350 up");
        Turning(() => site.Context.ReportedMtus.SequenceEqual([1300, 1350]));
        elsewhere.Run("ip link set other mtu 1420");
        Turning(() => site.Context.ReportedMtus.SequenceEqual([1300, 1350, 1420]));
        Assert.Equal(1420, site.Stage.GetStatus()["mtu"]!.GetValue<int>());
        Assert.True(site.Stage.GetStatus()["up"]!.GetValue<bool>());
        site.Context.SetMtu(1400);
        Assert.Empty(Log(site, "was refused"));
        elsewhere.TryRun(TimeSpan.FromSeconds(10), "sh", "-c", "ip link set other down && ip link set other name tun-test").Succeeded();

        elsewhere.TryRun(TimeSpan.FromSeconds(10), "ip", "link", "set", "tun-test", "netns", site.Space.Name).Succeeded();
        TunSite.Eventually(() => site.Stage.GetStatus()["moved"] is null);
        site.Space.Run("ip link set tun-test up");
        TunSite.Eventually(() => Texts(site, "addresses").Order().SequenceEqual(["10.99.0.1/24", "fd99::1/64"]));
        TunSite.Eventually(() => Texts(site, "routes").Order().SequenceEqual(["10.81.0.0/16", "fd81::/48"]));
        Turning(() => site.Space.Run("ip link show tun-test").Contains("mtu 1400", StringComparison.Ordinal));

        void Turning(Func<bool> condition) => TunSite.Eventually(() =>
        {
            site.Context.RunService();
            return condition();
        });
    }

    [Fact]
    public void A_device_comes_back_while_the_service_thread_is_blocked()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options(Addresses));
        using var elsewhere = NetworkNamespace.Create();
        site.Space.Run($"ip link set tun-test netns {elsewhere.Name}");
        TunSite.Eventually(() => site.Stage.GetStatus()["moved"] is not null);
        site.Context.SetMtu(1400);
        var posts = 0;
        while (Record.Exception(() => site.Context.Post(() => { })) is null && ++posts < 1_000_000)
        {
            // Until no more are taken.
        }

        elsewhere.Run($"ip link set tun-test netns {site.Space.Name}");
        TunSite.Eventually(() => site.Stage.GetStatus()["moved"] is null);
        TunSite.Eventually(() =>
        {
            site.Context.RunService(limit: posts + 10);
            return site.Space.Run("ip link show tun-test").Contains("mtu 1400", StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_device_with_ipv6_of_somebody_else_stays_at_1280()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options("10.99.0.1/24"));
        site.Context.SetMtu(1240);
        Assert.Contains("mtu 1240", site.Space.Run("ip link show tun-test"), StringComparison.Ordinal);
        site.Context.SetMtu(1420);
        site.Space.Run("ip -6 addr add fd99::7/64 dev tun-test nodad");
        site.Context.SetMtu(1240);
        site.Context.SetMtu(1200);
        Assert.Contains("mtu 1280", site.Space.Run("ip link show tun-test"), StringComparison.Ordinal);
        Assert.Contains("fd99::7", site.Space.Run("ip -6 addr show dev tun-test"), StringComparison.Ordinal);
        Assert.Single(Log(site, "MTU set to 1280"));
        site.Context.SetMtu(1420);
        Assert.Contains("mtu 1420", site.Space.Run("ip link show tun-test"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_is_renamed_has_its_new_name()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options(Addresses, Routes));
        site.Space.TryRun(TimeSpan.FromSeconds(10), "sh", "-c", "ip link set tun-test down && ip link set tun-test name tun-new && ip link set tun-new up").Succeeded();
        TunSite.Eventually(() => site.Stage.GetStatus()["device"]!.ToString() == "tun-new");
        TunSite.Eventually(() => Texts(site, "routes").Order().SequenceEqual(["10.81.0.0/16", "fd81::/48"]));
        Assert.Single(Log(site, "was renamed to tun-new"));
    }

    [Fact]
    public void An_mtu_that_returns_to_the_plan_is_no_news()
    {
        Requires.TunDevice();
        using var site = new TunSite(TunSite.Options(Addresses));
        site.Space.Run("ip link set tun-test mtu 1300");
        TunSite.Eventually(() => site.Context.ReportedMtus.Count == 1);
        site.Context.SetMtu(1300);
        site.Space.Run("ip link set tun-test mtu 1420");
        TunSite.Eventually(() => site.Context.ReportedMtus.Count == 2);
        Assert.Empty(Log(site, "is above"));
    }

    private static string[] Log(TunSite site, string words) => [.. site.Context.Log.Lines.Where(line => line.Contains(words, StringComparison.Ordinal))];

    private static string[] Texts(TunSite site, string key) => [.. (site.Stage.GetStatus()[key] as JsonArray ?? []).Select(item => item!.ToString())];
}
