using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>A router between two sites marks datagrams instead of dropping them; TCP inside the tunnel hears of it.</summary>
public sealed class CongestionTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-ecn-");
    private readonly NetworkNamespace _left;
    private readonly NetworkNamespace _router;
    private readonly NetworkNamespace _right;

    public CongestionTests()
    {
        Requires.TunDevice();
        Requires.Tool("nft");
        Requires.Tool("iperf3");
        Requires.Tool("ping");
        _left = NetworkNamespace.Create();
        _router = NetworkNamespace.Create();
        _right = NetworkNamespace.Create();
        NetworkNamespace.Connect(_left, "eth0", _router, "left");
        NetworkNamespace.Connect(_right, "eth0", _router, "right");
        _router.Run("sysctl -qw net.ipv4.ip_forward=1");
        _router.Run("ip addr add 192.0.2.1/24 dev left");
        _router.Run("ip addr add 198.51.100.1/24 dev right");
        _left.Run("ip addr add 192.0.2.2/24 dev eth0");
        _left.Run("ip route add default via 192.0.2.1");
        _right.Run("ip addr add 198.51.100.2/24 dev eth0");
        _right.Run("ip route add default via 198.51.100.1");
        _left.Run("sysctl -qw net.ipv4.tcp_ecn=1");
        _right.Run("sysctl -qw net.ipv4.tcp_ecn=1");
        _router.Run("nft add table ip marks");
        _router.TryRun(_limit, "nft", "add chain ip marks through { type filter hook forward priority 0 ; }").Succeeded();
    }

    [Fact]
    public void A_mark_of_the_path_reaches_TCP_inside_and_the_chosen_DSCP_the_path()
    {
        _router.Run("nft add rule ip marks through oifname right ip ecn ect0 numgen inc mod 50 0 ip ecn set ce counter");
        _router.Run("nft add rule ip marks through oifname right ip dscp 46 counter");
        var (left, right) = (TwoSites.NewKey(), TwoSites.NewKey());
        using var sender = Start(_left, "left", "10.99.0.1", left.Private, right.Public, "198.51.100.2", "10.99.0.2");
        using var receiver = Start(_right, "right", "10.99.0.2", right.Private, left.Public, "192.0.2.2", "10.99.0.1");
        Eventually.True(() => _left.TryRun("ping -n -q -c 1 -W 1 10.99.0.2").ExitCode == 0, _limit, () => $"No ping.\n{sender.Said}\n{receiver.Said}");
        using var server = new RunningProgram(_right.Start("iperf3", "-s", "-1"));
        Eventually.True(() => _right.Run("ss -tln").Contains(":5201", StringComparison.Ordinal), _limit, () => server.Said);
        _left.Run("iperf3 -c 10.99.0.2 -n 4M");

        Assert.True(Marked() > 0);
        var delivered = _left.Run("nstat -asz TcpExtTCPDeliveredCE").Split('\n').Single(line => line.StartsWith("TcpExtTCPDeliveredCE", StringComparison.Ordinal));
        Assert.True(double.Parse(delivered.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) > 0, delivered);

        var rules = _router.Run("nft list chain ip marks through");
        Assert.DoesNotMatch("dscp ef counter packets 0 ", rules);
    }

    [Fact]
    public void A_marked_datagram_of_a_packet_that_knows_no_marks_is_dropped_and_counted()
    {
        var (left, right) = (TwoSites.NewKey(), TwoSites.NewKey());
        using var sender = Start(_left, "left", "10.99.0.1", left.Private, right.Public, "198.51.100.2", "10.99.0.2");
        using var receiver = Start(_right, "right", "10.99.0.2", right.Private, left.Public, "192.0.2.2", "10.99.0.1");
        Eventually.True(() => _left.TryRun("ping -n -q -c 1 -W 1 10.99.0.2").ExitCode == 0, _limit, () => $"No ping.\n{sender.Said}\n{receiver.Said}");
        _router.Run("nft add rule ip marks through oifname right udp dport 51820 ip ecn set ce");
        Assert.NotEqual(0, _left.TryRun("ping -n -q -c 1 -W 1 10.99.0.2").ExitCode);
        Assert.True(Count("congestion") > 0);
    }

    public void Dispose()
    {
        _left.Dispose();
        _router.Dispose();
        _right.Dispose();
        _folder.Delete(recursive: true);
    }

    private long Marked() => Count("congestion-marked");

    private long Count(string counter)
    {
        var status = _right.TryRun(_limit, CulvertProgram.Path, "status", Path.Combine(_folder.FullName, "right.yaml"), "--format", "json").Succeeded();
        var stage = JsonNode.Parse(status)!["stages"]!.AsArray().Single(one => one!["id"]!.ToString() == "encrypt")!;
        return stage["counters"]!.AsArray().Where(one => one!["name"]!.ToString() == counter).Sum(one => (long)one!["value"]!);
    }

    private RunningProgram Start(NetworkNamespace space, string name, string address, string key, string peerKey, string endpoint, string peer)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, $"{name}.key"), key);
        File.SetUnixFileMode(Path.Combine(_folder.FullName, $"{name}.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var file = Path.Combine(_folder.FullName, $"{name}.yaml");
        File.WriteAllText(file, $$"""
            control: {{name}}.sock
            stages:
              - {stage: tun, device: culvert0, addresses: [{{address}}/24]}
              - stage: encrypt
                private-key-file: {{name}}.key
                dscp: 46
                peers: [{public-key: {{peerKey}}, endpoint: "{{endpoint}}:51820", allowed-ips: [{{peer}}/32]}]
              - {stage: udp, listen: "0.0.0.0:51820"}
            """);
        return new(space.Start(CulvertProgram.Path, "run", file));
    }
}
