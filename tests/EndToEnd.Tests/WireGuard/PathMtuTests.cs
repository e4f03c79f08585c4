using System.Diagnostics;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>Paths that narrow without a word, and words that are not true.</summary>
public sealed class PathMtuTests
{
    [Fact]
    public async Task A_path_that_narrows_under_a_thousand_connections_is_found_and_none_hangs()
    {
        const int connections = 1000;
        using var link = new RoutedLink();
        using var ours = Ours(link);
        using var theirs = new CulvertSite(link.Theirs, ["10.99.0.2/24", "fd99::2/64"], "[::]:51820");
        Start(ours, theirs);
        using var traffic = new ManyConnections(link.Ours, link.Theirs, "10.99.0.2", connections);
        var sending = traffic.SendHalf();
        await Task.Delay(200, TestContext.Current.CancellationToken);
        link.SetPath(1400);
        var found = Stopwatch.StartNew();
        await Until(() => ours.Log.Contains("packets of 1340 bytes pass to the peer", StringComparison.Ordinal), found, ours);
        TestContext.Current.SendDiagnosticMessage($"found after {found.Elapsed.TotalSeconds:F1} s");
        await sending;
        await traffic.SendHalf();
        Assert.Equal(connections, await traffic.Complete(TimeSpan.FromSeconds(90)));
        Assert.Contains("1420", link.Ours.Run($"cat /sys/class/net/{ours.Device}/mtu"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_carries_less_is_known_from_the_datagrams_that_the_kernel_refuses()
    {
        using var link = new RoutedLink();
        link.Ours.Run("ip link set eth0 mtu 1400");
        using var ours = Ours(link);
        using var theirs = new CulvertSite(link.Theirs, ["10.99.0.2/24", "fd99::2/64"], "[::]:51820");
        Start(ours, theirs);
        link.Ours.TryRun("ping -c 3 -i 0.1 -M do -s 1392 -W 1 10.99.0.2");
        await Until(() => Verdict(ours).Contains("packets of 1340 bytes pass to the peer", StringComparison.Ordinal), Stopwatch.StartNew(), ours, 60);
        link.Ours.Run("ping -c 3 -i 0.1 -M do -s 1312 -W 5 10.99.0.2");
    }

    [Fact]
    public void A_forged_icmp_message_stops_nothing_and_ipv6_stays()
    {
        using var link = new RoutedLink(dropsIcmp: false);
        using var ours = Ours(link);
        using var theirs = new CulvertSite(link.Theirs, ["10.99.0.2/24", "fd99::2/64"], "[::]:51820");
        Start(ours, theirs);
        for (var i = 0; i < 5; i++)
        {
            link.Router.Invoke(() => ForgedIcmp.FragmentationNeeded($"{RoutedLink.OurAddress}:51820", $"{RoutedLink.TheirAddress}:51820", 68));
            link.Ours.Run("ping -c 20 -i 0.01 -M do -s 1392 -W 1 10.99.0.2");
        }

        link.Ours.Run("ping -c 20 -i 0.01 -M do -s 1372 -W 1 fd99::2");
        Assert.Contains("mtu lock 552", link.Ours.Run($"ip route get {RoutedLink.TheirAddress}"), StringComparison.Ordinal);
        Assert.Contains("fd99::1", link.Ours.Run($"ip -6 addr show dev {ours.Device}"), StringComparison.Ordinal);
        Assert.DoesNotContain("pass to the peer", ours.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_wireguard_is_probed_by_echo_if_it_answers(bool answers)
    {
        Requires.Tool("wireguard-go");
        using var link = new RoutedLink();
        using var ours = Ours(link);
        using var theirs = new WireGuardGoSite(link.Theirs, ["10.99.0.2/24", "fd99::2/64"], 51820);
        link.Theirs.Run($"sysctl -qw net.ipv4.icmp_echo_ignore_all={(answers ? 0 : 1)}");
        link.Theirs.Run($"sysctl -qw net.ipv6.icmp.echo_ignore_all={(answers ? 0 : 1)}");
        link.SetPath(1400);
        ours.WithPeer(theirs, "10.99.0.2/32, fd99::2/128", $"{RoutedLink.TheirAddress}:51820", keepalive: "1s");
        theirs.WithPeer(ours, "10.99.0.1/32, fd99::1/128");
        theirs.Start();
        ours.Start();
        await Until(() => Verdict(ours).Contains(answers ? "pass to the peer" : "no probe is answered", StringComparison.Ordinal), Stopwatch.StartNew(), ours, 30);
        if (answers)
        {
            await Until(() => Verdict(ours).Contains("packets of 133", StringComparison.Ordinal) || Verdict(ours).Contains("packets of 132", StringComparison.Ordinal),
                Stopwatch.StartNew(), ours, 30);
        }
    }

    private static string Verdict(CulvertSite site)
    {
        var status = site.Space.TryRun($"{CulvertProgram.Path} status {site.File} --format json").Output;
        var start = status.IndexOf("\"verdict\"", StringComparison.Ordinal);
        return start < 0 ? status : status[start..status.IndexOf('\n', start)];
    }

    private static CulvertSite Ours(RoutedLink link) => new(link.Ours, ["10.99.0.1/24", "fd99::1/64"], "[::]:51820");

    private static void Start(CulvertSite ours, CulvertSite theirs)
    {
        ours.WithPeer(theirs, "10.99.0.2/32, fd99::2/128", $"{RoutedLink.TheirAddress}:51820");
        theirs.WithPeer(ours, "10.99.0.1/32, fd99::1/128");
        theirs.Start();
        ours.Start();
        ours.PingUntilAnswered("10.99.0.2");
        ours.PingUntilAnswered("fd99::2");
    }

    private static async Task Until(Func<bool> condition, Stopwatch since, Site site, int seconds = 20)
    {
        while (!condition())
        {
            Assert.True(since.Elapsed.TotalSeconds < seconds, $"{site.Log}\n{site.Show()}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
