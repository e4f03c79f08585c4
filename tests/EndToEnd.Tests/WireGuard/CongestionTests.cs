using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>A router between two sites marks datagrams instead of dropping them; TCP inside the tunnel hears of it.</summary>
public sealed class CongestionTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly RoutedLink _link;
    private readonly CulvertSite _sender;
    private readonly CulvertSite _receiver;

    public CongestionTests()
    {
        Requires.Tool("iperf3");
        Requires.Tool("ping");
        _link = new RoutedLink(dropsIcmp: false);
        _link.Ours.Run("sysctl -qw net.ipv4.tcp_ecn=1");
        _link.Theirs.Run("sysctl -qw net.ipv4.tcp_ecn=1");
        _link.Router.Run("nft add table ip marks");
        _link.Router.Run("nft add chain ip marks through { type filter hook forward priority 0 ; }");
        _sender = new CulvertSite(_link.Ours, ["10.99.0.1/24"], "0.0.0.0:51820") { Options = "dscp: 46" };
        _receiver = new CulvertSite(_link.Theirs, ["10.99.0.2/24"], "0.0.0.0:51820");
        _sender.WithPeer(_receiver, "10.99.0.2/32", $"{RoutedLink.TheirAddress}:51820");
        _receiver.WithPeer(_sender, "10.99.0.1/32");
    }

    [Fact]
    public void A_mark_of_the_path_reaches_TCP_inside_and_the_chosen_DSCP_the_path()
    {
        _link.Router.Run("nft add rule ip marks through oifname eth1 ip ecn ect0 numgen inc mod 50 0 ip ecn set ce counter");
        _link.Router.Run("nft add rule ip marks through oifname eth1 ip dscp 46 counter");
        Start();
        using var server = new RunningProgram(_link.Theirs.Start("iperf3", "-s", "-1"));
        Eventually.True(() => _link.Theirs.Run("ss -tln").Contains(":5201", StringComparison.Ordinal), _limit, () => server.Said);
        _link.Ours.Run("iperf3 -c 10.99.0.2 -n 4M");

        Assert.True(Count("congestion-marked") > 0);
        var delivered = _link.Ours.Run("nstat -asz TcpExtTCPDeliveredCE").Split('\n').Single(line => line.StartsWith("TcpExtTCPDeliveredCE", StringComparison.Ordinal));
        Assert.True(double.Parse(delivered.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) > 0, delivered);

        var rules = _link.Router.Run("nft list chain ip marks through");
        Assert.DoesNotMatch("dscp ef counter packets 0 ", rules);
    }

    [Fact]
    public void A_marked_datagram_of_a_packet_that_knows_no_marks_is_dropped_and_counted()
    {
        Start();
        _link.Router.Run("nft add rule ip marks through oifname eth1 udp dport 51820 ip ecn set ce");
        Assert.NotEqual(0, _link.Ours.TryRun("ping -n -q -c 1 -W 1 10.99.0.2").ExitCode);
        Assert.True(Count("congestion") > 0);
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
        _link.Dispose();
    }

    private void Start()
    {
        _receiver.Start();
        _sender.Start();
        _sender.PingUntilAnswered("10.99.0.2");
    }

    private long Count(string counter)
    {
        var status = _link.Theirs.TryRun(_limit, CulvertProgram.Path, "status", _receiver.File, "--format", "json").Succeeded();
        var stage = JsonNode.Parse(status)!["stages"]!.AsArray().Single(one => one!["id"]!.ToString() == "encrypt")!;
        return stage["counters"]!.AsArray().Where(one => one!["name"]!.ToString() == counter).Sum(one => (long)one!["value"]!);
    }
}
