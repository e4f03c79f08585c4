using System.Globalization;
using System.Text.RegularExpressions;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>A site with two uplinks: one is cut under load, by a router that drops without a word.</summary>
public sealed class TwoUplinksTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly RoutedLink _link;
    private readonly CulvertSite _site;
    private readonly CulvertSite _hub;

    public TwoUplinksTests()
    {
        Requires.Tool("ping");
        _link = new RoutedLink(dropsIcmp: false);
        NetworkNamespace.Connect(_link.Ours, "wan1", _link.Router, "second");
        _link.Ours.Run("ip addr add 203.0.113.2/24 dev wan1");
        _link.Router.Run("ip addr add 203.0.113.1/24 dev second");
        _link.Ours.Run("ip route add default via 203.0.113.1 dev wan1 metric 100");
        _link.Router.Run("nft add table ip cut");
        _link.Router.Run("nft add chain ip cut through { type filter hook forward priority 0 ; }");
        _site = new CulvertSite(_link.Ours, ["10.99.0.1/24"], "0.0.0.0:51820");
        _hub = new CulvertSite(_link.Theirs, ["10.99.0.2/24"], "0.0.0.0:51820");
        const string to = $"to: \"{RoutedLink.TheirAddress}:51820\"";
        _site.WithPeer(_hub, "10.99.0.2/32", $"[{{{to}, source: {RoutedLink.OurAddress}, bind-device: eth0}}, {{{to}, source: 203.0.113.2, bind-device: wan1}}]");
        _hub.WithPeer(_site, "10.99.0.1/32");
    }

    [Fact]
    public async Task The_other_one_takes_over_within_three_seconds_without_a_handshake()
    {
        _hub.Start();
        _site.Start();
        _site.PingUntilAnswered("10.99.0.2");
        var before = Handshakes();

        var ping = Task.Run(() => _link.Ours.TryRun("ping -n -O -i 0.1 -c 150 10.99.0.2").Output);
        await Task.Delay(TimeSpan.FromSeconds(5));
        _link.Router.Run("nft add rule ip cut through iifname eth0 drop");
        _link.Router.Run("nft add rule ip cut through oifname eth0 drop");
        var output = await ping;

        var answered = Regex.Matches(output, "bytes from .* icmp_seq=([0-9]+)").Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        var outage = answered.Zip(answered.Skip(1), (one, next) => (next - one) * 0.1).Max();
        Assert.True(answered[^1] > 140 && outage <= 3, $"an outage of {outage} s\n{output}\n{_site.Log}");
        Assert.Equal(before, Handshakes());
        Assert.Contains("by wan1 now", _site.Log, StringComparison.Ordinal);

        // Back on the preferred one once it works again.
        _link.Router.Run("nft flush ruleset");
        Eventually.True(
            () => _link.Ours.TryRun("ping -n -q -i 0.1 -c 10 10.99.0.2").ExitCode == 0 && _site.Log.Contains("by eth0 now", StringComparison.Ordinal),
            2 * _limit, () => $"Not back.\n{_site.Log}");
    }

    public void Dispose()
    {
        _site.Dispose();
        _hub.Dispose();
        _link.Dispose();
    }

    private int Handshakes() => Regex.Count(_site.Log, "handshake complete");
}
