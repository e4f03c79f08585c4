using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>The files of docs/how-to/site-traffic.md do what the page says, and the page shows what is in them.</summary>
public sealed partial class SiteTrafficTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);
    private static readonly string[] _headquartersLan = ["10.80.0.1/24", "10.80.0.10/24", "10.80.0.20/24"];
    private static readonly string[] _branchLan = ["10.81.0.1/24", "10.81.50.1/24", "10.81.0.10/24", "10.81.50.10/24"];

    [Fact]
    public void Two_sites_with_one_subnet_connect()
    {
        string[] lan = ["192.168.1.1/24", "192.168.1.10/24"];
        using var offices = new TwoOffices("one-subnet-headquarters.yaml", "one-subnet-branch.yaml", lan, lan);
        offices.WaitForPing(offices.HeadquartersHost, "10.1.2.10");
        offices.WaitForPing(offices.BranchHost, "10.1.1.10");
        Assert.Equal("10.1.1.10", Exchange(offices.HeadquartersHost, "10.1.2.10", offices.BranchHost, "192.168.1.10"));
        Assert.Equal("10.1.2.10", Exchange(offices.BranchHost, "10.1.1.10", offices.HeadquartersHost, "192.168.1.10"));
    }

    [Fact]
    public void A_site_hides_behind_one_address()
    {
        Requires.Tool("tcpdump");
        using var offices = new TwoOffices(null, "one-address.yaml", _headquartersLan, _branchLan);
        offices.WaitForPing(offices.BranchHost, "10.80.0.10");
        using var dump = new RunningProgram(offices.HeadquartersHost.Start("tcpdump", "-n", "-l", "-i", "lan", "not", "arp"));
        Eventually.True(() => dump.Error.Contains("listening", StringComparison.Ordinal), _limit, () => dump.Said);
        Assert.Equal("10.99.0.2", Exchange(offices.BranchHost, "10.80.0.10", offices.HeadquartersHost, "10.80.0.10"));
        Eventually.True(() => dump.Output.Contains("> 10.99.0.2.", StringComparison.Ordinal), _limit, () => dump.Said);
        Assert.DoesNotContain("10.81.", dump.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, offices.HeadquartersHost.TryRun("ping -n -q -c 1 -W 1 10.81.0.10").ExitCode);
    }

    [Fact]
    public void The_branch_reaches_the_ERP_and_nothing_else()
    {
        Requires.Tool("nft");
        using var offices = new TwoOffices("erp-only.yaml", null, _headquartersLan, _branchLan);
        offices.WaitForPing(offices.BranchHost, "10.80.0.10");
        CountAtHeadquarters(offices, "ip daddr 10.80.0.20");
        Assert.Equal("10.81.0.10", Exchange(offices.BranchHost, "10.80.0.10", offices.HeadquartersHost, "10.80.0.10", port: 443));
        foreach (var (address, port) in new[] { ("10.80.0.10", 22), ("10.80.0.20", 443) })
        {
            var refused = Assert.Throws<SocketException>(() => offices.BranchHost.Invoke(() => new TcpClient(address, port)));
            Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        }

        Assert.Contains("packets 0 ", offices.Headquarters.Run("nft list chain inet count forward"), StringComparison.Ordinal);
        Assert.Matches("rejected-by-rule.*other", offices.Status("headquarters"));
    }

    [Fact]
    public void Voice_is_marked_and_arrives_beside_a_flood()
    {
        Requires.Tool("tcpdump");
        using var offices = new TwoOffices(null, "voice.yaml", _headquartersLan, _branchLan);
        offices.WaitForPing(offices.BranchHost, "10.80.0.10");
        using var dump = new RunningProgram(
            offices.HeadquartersHost.Start("tcpdump", "-n", "-v", "-l", "-c", "1", "-i", "lan", "udp", "port", "20000"));
        Eventually.True(() => dump.Error.Contains("listening", StringComparison.Ordinal), _limit, () => dump.Said);

        using var voice = offices.HeadquartersHost.Invoke(() => new UdpClient(new IPEndPoint(IPAddress.Parse("10.80.0.10"), 20_000)));
        using var sink = offices.HeadquartersHost.Invoke(() => new UdpClient(new IPEndPoint(IPAddress.Parse("10.80.0.10"), 9)));
        using var caller = offices.BranchHost.Invoke(() => new UdpClient("10.80.0.10", 20_000));
        using var flood = offices.BranchHost.Invoke(() => new UdpClient("10.80.0.10", 9));
        for (var i = 0; i < 20; i++)
        {
            // More than the burst at once.
            for (var k = 0; k < 250; k++)
            {
                flood.Send(new byte[1200]);
            }

            caller.Send(new byte[160]);

            // One at a time: what is lost is lost to the tunnel, not to a full socket.
            Assert.True(voice.Client.Poll(_limit, SelectMode.SelectRead), $"Voice packet {i} does not arrive.\n{offices.Status("branch")}");
            IPEndPoint? from = null;
            Assert.Equal(160, voice.Receive(ref from).Length);
        }

        Assert.Equal(0, dump.WaitForExit());
        Assert.Contains("tos 0xb8", dump.Output, StringComparison.Ordinal);
        Assert.Contains("over-rate", offices.Status("branch"), StringComparison.Ordinal);
    }

    [Fact]
    public void Guests_share_their_rate_and_the_office_has_its_own()
    {
        Requires.Tool("iperf3");
        using var offices = new TwoOffices(null, "guests.yaml", _headquartersLan, _branchLan);
        offices.WaitForPing(offices.BranchHost, "10.80.0.10");
        using var server = new RunningProgram(offices.HeadquartersHost.Start("iperf3", "-s"));
        Eventually.True(() => offices.HeadquartersHost.Run("ss -Hltn sport = 5201").Length > 0, _limit, () => server.Said);

        offices.BranchHost.Run("iperf3 -c 10.80.0.10 -B 10.81.0.10 -t 1", _limit);
        Assert.DoesNotContain("over-rate", offices.Status("branch"), StringComparison.Ordinal);

        var report = JsonNode.Parse(offices.BranchHost.Run("iperf3 -c 10.80.0.10 -B 10.81.50.10 -t 3 -J", _limit))!;
        var received = report["end"]!["sum_received"]!;
        var (bits, seconds) = (8 * (double)received["bytes"]!, (double)received["seconds"]!);
        Assert.InRange(bits, 1, (20e6 * (seconds + 1)) + (8 * 250_000));
        Assert.Contains("over-rate", offices.Status("branch"), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_UDP_is_blocked_TCP_carries_the_tunnel()
    {
        Requires.Tool("nft");
        using var offices = new TwoOffices("udp-blocked-headquarters.yaml", "udp-blocked-branch.yaml", _headquartersLan, _branchLan);
        offices.Branch.TryRun(_limit, "nft", "add table inet block; add chain inet block out { type filter hook output priority 0; }; add rule inet block out oifname wan meta l4proto udp drop").Succeeded();
        offices.WaitForPing(offices.BranchHost, "10.80.0.10");
        Assert.Equal("10.81.0.10", Exchange(offices.BranchHost, "10.80.0.10", offices.HeadquartersHost, "10.80.0.10"));
    }

    [Fact]
    public void The_page_shows_what_is_in_the_files()
    {
        var folder = Path.Combine(CulvertProgram.Root, "docs", "how-to");
        var files = Directory.GetFiles(Path.Combine(folder, "site-traffic"), "*.yaml").Select(File.ReadAllText).ToArray();
        var blocks = YamlBlock().Matches(File.ReadAllText(Path.Combine(folder, "site-traffic.md"))).Select(match => Comment().Replace(match.Groups["yaml"].Value, "\n"));
        Assert.All(blocks, block => Assert.Contains(files, file => file.Contains(block, StringComparison.Ordinal)));
        Assert.Equal(8, files.Length);
    }

    /// <summary>Sends 200 kB to a host and back.</summary>
    /// <returns>The address that the host sees.</returns>
    private static string Exchange(NetworkNamespace from, string to, NetworkNamespace host, string address, int port = 8080)
    {
        using var listener = host.Invoke(() =>
        {
            var server = new TcpListener(IPAddress.Parse(address), port);
            server.Start();
            return server;
        });
        using var client = from.Invoke(() => new TcpClient(to, port));
        using var accepted = listener.AcceptTcpClient();
        var (sent, echoed) = (new byte[200_000], new byte[200_000]);
        new Random(1).NextBytes(sent);
        client.ReceiveTimeout = accepted.ReceiveTimeout = (int)_limit.TotalMilliseconds;
        var sending = Task.Run(() => client.GetStream().Write(sent));
        accepted.GetStream().ReadExactly(echoed);
        sending.Wait();
        sending = Task.Run(() => accepted.GetStream().Write(echoed));
        client.GetStream().ReadExactly(echoed);
        sending.Wait();
        Assert.Equal(sent, echoed);
        return ((IPEndPoint)accepted.Client.RemoteEndPoint!).Address.ToString();
    }

    private static void CountAtHeadquarters(TwoOffices offices, string rule) => offices.Headquarters.TryRun(
        _limit, "nft", $"add table inet count; add chain inet count forward {{ type filter hook forward priority 0; }}; add rule inet count forward oifname lan {rule} counter").Succeeded();

    [GeneratedRegex("^```yaml\n(?<yaml>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(" +#.*\n")]
    private static partial Regex Comment();
}
