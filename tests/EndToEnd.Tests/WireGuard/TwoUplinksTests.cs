using System.Globalization;
using System.Text.RegularExpressions;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>A site with two uplinks: one is cut under load, by a router that drops without a word.</summary>
public sealed class TwoUplinksTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-uplinks-");
    private readonly NetworkNamespace _site;
    private readonly NetworkNamespace _router;
    private readonly NetworkNamespace _hub;

    public TwoUplinksTests()
    {
        Requires.TunDevice();
        Requires.Tool("nft");
        Requires.Tool("ping");
        _site = NetworkNamespace.Create();
        _router = NetworkNamespace.Create();
        _hub = NetworkNamespace.Create();
        NetworkNamespace.Connect(_site, "wan0", _router, "first");
        NetworkNamespace.Connect(_site, "wan1", _router, "second");
        NetworkNamespace.Connect(_hub, "eth0", _router, "hub");
        _router.Run("sysctl -qw net.ipv4.ip_forward=1");
        _router.Run("ip addr add 192.0.2.1/24 dev first");
        _router.Run("ip addr add 203.0.113.1/24 dev second");
        _router.Run("ip addr add 198.51.100.1/24 dev hub");
        _site.Run("ip addr add 192.0.2.2/24 dev wan0");
        _site.Run("ip addr add 203.0.113.2/24 dev wan1");
        _site.Run("ip route add default via 192.0.2.1 dev wan0");
        _site.Run("ip route add default via 203.0.113.1 dev wan1 metric 100");
        _hub.Run("ip addr add 198.51.100.2/24 dev eth0");
        _hub.Run("ip route add default via 198.51.100.1");
        _router.Run("nft add table ip cut");
        _router.TryRun(_limit, "nft", "add chain ip cut through { type filter hook forward priority 0 ; }").Succeeded();
    }

    [Fact]
    public async Task The_other_one_takes_over_within_three_seconds_without_a_handshake()
    {
        var (site, hub) = (TwoSites.NewKey(), TwoSites.NewKey());
        using var left = Start(_site, "site", "10.99.0.1", site.Private, $$"""
            {public-key: {{hub.Public}}, allowed-ips: [10.99.0.2/32], endpoint: [
              {to: "198.51.100.2:51820", source: 192.0.2.2, bind-device: wan0}, {to: "198.51.100.2:51820", source: 203.0.113.2, bind-device: wan1}]}
            """);
        using var right = Start(_hub, "hub", "10.99.0.2", hub.Private, $"{{public-key: {site.Public}, allowed-ips: [10.99.0.1/32]}}");
        Eventually.True(() => _site.TryRun("ping -n -q -c 1 -W 1 10.99.0.2").ExitCode == 0, _limit, () => $"No ping.\n{left.Said}\n{right.Said}");
        var before = Handshakes(left);

        var ping = Task.Run(() => _site.TryRun("ping -n -O -i 0.1 -c 150 10.99.0.2").Output);
        await Task.Delay(TimeSpan.FromSeconds(5));
        _router.Run("nft add rule ip cut through iifname first drop");
        _router.Run("nft add rule ip cut through oifname first drop");
        var output = await ping;

        var answered = Regex.Matches(output, "bytes from .* icmp_seq=([0-9]+)").Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        var outage = answered.Zip(answered.Skip(1), (one, next) => (next - one) * 0.1).Max();
        Assert.True(answered[^1] > 140 && outage <= 3.5, $"an outage of {outage} s\n{output}\n{left.Said}");
        Assert.Equal(before, Handshakes(left));
        Assert.Contains("by wan1 now", left.Error, StringComparison.Ordinal);

        // Back on the preferred one once it works again.
        _router.Run("nft flush ruleset");
        Eventually.True(
            () => _site.TryRun("ping -n -q -i 0.1 -c 10 10.99.0.2").ExitCode == 0 && left.Error.Contains("by wan0 now", StringComparison.Ordinal),
            2 * _limit, () => $"Not back.\n{left.Said}");
    }

    public void Dispose()
    {
        _site.Dispose();
        _router.Dispose();
        _hub.Dispose();
        _folder.Delete(recursive: true);
    }

    private static int Handshakes(RunningProgram program) => Regex.Count(program.Error, "handshake complete");

    private RunningProgram Start(NetworkNamespace space, string name, string address, string key, string peer)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, $"{name}.key"), key);
        File.SetUnixFileMode(Path.Combine(_folder.FullName, $"{name}.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var file = Path.Combine(_folder.FullName, $"{name}.yaml");
        File.WriteAllText(file, $$"""
            control: {{name}}.sock
            stages:
              - {stage: tun, device: culvert0, addresses: [{{address}}/24]}
              - {stage: encrypt, private-key-file: {{name}}.key, peers: [{{peer.ReplaceLineEndings(" ")}}]}
              - {stage: udp, listen: "0.0.0.0:51820"}
            """);
        return new(space.Start(CulvertProgram.Path, "run", file));
    }
}
