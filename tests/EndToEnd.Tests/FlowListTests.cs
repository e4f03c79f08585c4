using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary><c>culvert status --flows</c> lists what conntrack lists of the same traffic.</summary>
public sealed partial class FlowListTests
{
    private const string Filter = "  - {stage: filter, rules: [{allow: outbound}]}";

    [Fact]
    public void The_flows_are_those_of_conntrack()
    {
        Requires.Tool("conntrack");
        Requires.Tool("nft");
        using var sites = TwoSites.Start(Filter);

        // A rule that asks for a flow's state makes the kernel follow flows.
        sites.LeftSpace.TryRun(
            TimeSpan.FromSeconds(10), "nft", "add table inet t; add chain inet t o { type filter hook output priority 0; }; add rule inet t o ct state new accept").Succeeded();
        Assert.True(sites.Ping(10));

        var ours = Ask(sites, "icmp", "--format", "json").Select(flow => $"{flow["source"]} {flow["destination"]}");
        var theirs = ConntrackEcho().Matches(sites.LeftSpace.Run("conntrack -L -p icmp"))
            .Select(match => $"{match.Groups["src"]} id {match.Groups["id"]} {match.Groups["dst"]} id {match.Groups["id"]}").ToArray();
        Assert.NotEmpty(theirs);
        Assert.Subset(ours.ToHashSet(), theirs.ToHashSet());
        Assert.Empty(Ask(sites, "tcp", "port", "443", "--format", "json"));
        Assert.Matches("filter +icmp +10.99.0.1 id [0-9]+ +10.99.0.2 id [0-9]+ +outbound +two-way +1[0-9]+ s", Run(sites, "icmp").Succeeded());
    }

    [Fact]
    public void A_mistake_in_the_filter_is_shown()
    {
        using var sites = TwoSites.Start(Filter);
        var result = Run(sites, "tpc");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("culvert status: --flows: 'tpc'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reload_keeps_open_connections_and_refuses_new_ones()
    {
        using var sites = TwoSites.Start(Filter);
        using var listener = sites.RightSpace.Invoke(() =>
        {
            var server = new TcpListener(IPAddress.Parse(TwoSites.RightAddress), 8080);
            server.Start();
            return server;
        });
        using var client = sites.LeftSpace.Invoke(() => new TcpClient(TwoSites.RightAddress, 8080));
        using var accepted = listener.AcceptTcpClient();
        Say(client, accepted, 1);

        var file = File.ReadAllText(sites.LeftFile);
        File.WriteAllText(sites.LeftFile, file.Replace("{allow: outbound}", "{reject: tcp}, {allow: outbound}", StringComparison.Ordinal));
        sites.LeftSpace.TryRun(TimeSpan.FromSeconds(30), CulvertProgram.Path, "reload", sites.LeftFile).Succeeded();

        Say(client, accepted, 2);
        Say(accepted, client, 3);
        var refused = Assert.Throws<SocketException>(() => sites.LeftSpace.Invoke(() => new TcpClient(TwoSites.RightAddress, 8080)));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    private static void Say(TcpClient from, TcpClient to, byte word)
    {
        to.ReceiveTimeout = 20_000;
        from.GetStream().WriteByte(word);
        Assert.Equal(word, to.GetStream().ReadByte());
    }

    [GeneratedRegex(@"src=(?<src>\S+) dst=(?<dst>\S+) type=8 code=0 id=(?<id>[0-9]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex ConntrackEcho();

    private static IEnumerable<JsonNode> Ask(TwoSites sites, params string[] words) => Run(sites, words).Succeeded()
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).Where(flow => flow["more"] is null);

    private static CommandResult Run(TwoSites sites, params string[] words) =>
        sites.LeftSpace.TryRun(TimeSpan.FromSeconds(30), CulvertProgram.Path, ["status", sites.LeftFile, "--flows", .. words]);
}
