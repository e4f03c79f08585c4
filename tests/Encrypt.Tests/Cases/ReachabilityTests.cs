using System.Text.Json.Nodes;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>A peer that does not answer: what the log and the status show, on a fake clock.</summary>
public sealed class ReachabilityTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly byte[] There = Inner.Packet("10.0.0.1", "10.0.0.2");
    private static readonly byte[] Back = Inner.Packet("10.0.0.2", "10.0.0.1");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_silent_peer_is_reported_15_s_after_the_first_initiation_with_any_traffic(bool trafficContinues)
    {
        using var tunnel = new TunnelPair { IsConnected = false };
        tunnel.Send(tunnel.Left, There);

        Run(tunnel, 14.5, trafficContinues);
        Assert.Empty(Warnings(tunnel.Left));
        Run(tunnel, 1, trafficContinues);

        var line = Assert.Single(Warnings(tunnel.Left));
        Assert.Contains("at 192.0.2.2:51820: no answer to handshake initiations for 15 s; check that it runs with suite wireguard", line);
    }

    [Fact]
    public void The_report_is_repeated_after_growing_pauses_while_traffic_continues()
    {
        using var tunnel = new TunnelPair { IsConnected = false };
        tunnel.Send(tunnel.Left, There);

        Run(tunnel, 3600, trafficContinues: true);

        // After 15 s; 1, 2, 4, 8, 16 and 32 minutes later each.
        Assert.Equal(["15 s", "75 s", "3 min", "7 min", "15 min", "31 min"], Warnings(tunnel.Left).Select(Duration));
    }

    [Fact]
    public void A_peer_without_traffic_is_not_reported_again()
    {
        using var tunnel = new TunnelPair { IsConnected = false };
        tunnel.Send(tunnel.Left, There);

        tunnel.Wait(3600 * Second, Second);

        // Initiations end after 90 s; the report after 3 minutes covers the last of them.
        Assert.Equal(["15 s", "75 s", "3 min"], Warnings(tunnel.Left).Select(Duration));
    }

    [Fact]
    public void A_peer_that_answers_again_is_reported_once_with_the_time_it_was_away()
    {
        using var tunnel = new TunnelPair { IsConnected = false };
        tunnel.Send(tunnel.Left, There);
        Run(tunnel, 40, trafficContinues: true);

        tunnel.IsConnected = true;
        Run(tunnel, 200, trafficContinues: true);

        var line = Assert.Single(tunnel.Left.Context.Log.Lines, line => line.Contains("answers again", StringComparison.Ordinal));
        Assert.Matches("^Information: peer .* at 192.0.2.2:51820: answers again after 4[0-6] s$", line);
        Assert.Single(Warnings(tunnel.Left));
    }

    [Fact]
    public void An_answer_within_15_s_is_not_worth_a_line()
    {
        using var tunnel = new TunnelPair { IsConnected = false };
        tunnel.Send(tunnel.Left, There);
        tunnel.Wait(8 * Second);
        tunnel.IsConnected = true;
        tunnel.Wait(60 * Second);

        Assert.Empty(Warnings(tunnel.Left));
        Assert.DoesNotContain(tunnel.Left.Context.Log.Lines, line => line.Contains("answers again", StringComparison.Ordinal));
    }

    [Fact]
    public void A_session_whose_peer_goes_away_is_reported()
    {
        using var tunnel = new TunnelPair().Connect();
        tunnel.Wait(20 * Second);
        tunnel.IsConnected = false;

        // 15 s until the silence is noticed, 15 s until the initiation counts as unanswered.
        Run(tunnel, 32, trafficContinues: true);

        Assert.Single(Warnings(tunnel.Left));
    }

    [Fact]
    public void Renewed_keypairs_are_logged_at_debug_level_and_the_first_one_is_not()
    {
        using var tunnel = new TunnelPair(left: o => o with { RekeyAfter = 5 * Second }).Connect();
        Run(tunnel, 30, trafficContinues: true);

        foreach (var end in new[] { tunnel.Left, tunnel.Right })
        {
            var lines = end.Context.Log.Lines.Where(line => line.Contains("handshake complete", StringComparison.Ordinal)).ToArray();
            Assert.StartsWith("Information", lines[0]);
            Assert.InRange(lines.Length, 4, 7);
            Assert.All(lines[1..], line => Assert.StartsWith("Debug", line));
        }
    }

    [Fact]
    public void The_status_shows_each_state_of_a_peer()
    {
        using var tunnel = new TunnelPair(left: o => o with { Peers = [o.Peers[0] with { Name = "berlin" }] }) { IsConnected = false };
        Assert.Equal("never", Text(tunnel.Left, "state"));
        Assert.Equal("berlin", Text(tunnel.Left, "name"));
        Assert.Equal("configured", Text(tunnel.Left, "endpoint-source"));
        Assert.Null(Text(tunnel.Right, "endpoint-source"));

        tunnel.Send(tunnel.Left, There);
        Assert.Equal("handshaking", Text(tunnel.Left, "state"));
        Assert.StartsWith("2026-01-01T00:00:00", Text(tunnel.Left, "state-since"));

        tunnel.Wait(16 * Second);
        Assert.Equal("silent", Text(tunnel.Left, "state"));
        Assert.StartsWith("2026-01-01T00:00:00", Text(tunnel.Left, "state-since"));
        Assert.Equal("no answer to handshake initiations", Text(tunnel.Left, "last-failure"));
        Assert.Null(Text(tunnel.Left, "handshake-age-seconds"));

        tunnel.IsConnected = true;
        tunnel.Wait(10 * Second);
        Assert.Equal("up", Text(tunnel.Left, "state"));
        Assert.Equal("up", Text(tunnel.Right, "state"));
        Assert.Equal("learned", Text(tunnel.Right, "endpoint-source"));
        tunnel.Wait(10 * Second);
        Assert.InRange(int.Parse(Text(tunnel.Left, "handshake-age-seconds")!, System.Globalization.CultureInfo.InvariantCulture), 10, 20);

        tunnel.Wait(300 * Second, Second);
        Assert.Equal("idle", Text(tunnel.Left, "state"));
    }

    [Fact]
    public void A_named_peer_is_named_in_the_log()
    {
        using var tunnel = new TunnelPair(left: o => o with { Peers = [o.Peers[0] with { Name = "berlin" }] }) { IsConnected = false };
        tunnel.Send(tunnel.Left, There);
        tunnel.Wait(16 * Second);

        Assert.Matches("peer berlin \\(.{4}….{3}\\) at", Assert.Single(Warnings(tunnel.Left)));
    }

    [Fact]
    public void A_peer_that_begins_handshakes_itself_is_up()
    {
        using var tunnel = new TunnelPair().Connect();
        tunnel.Send(tunnel.Right, Back);

        Assert.Equal("up", Text(tunnel.Right, "state"));
        Assert.Null(Text(tunnel.Right, "last-failure"));
    }

    private static void Run(TunnelPair tunnel, double seconds, bool trafficContinues)
    {
        for (var i = 0; i < seconds * 2; i++)
        {
            tunnel.Wait(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500));
            if (trafficContinues)
            {
                tunnel.Send(tunnel.Left, There);
            }
        }
    }

    private static string[] Warnings(End end) =>
        [.. end.Context.Log.Lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal))];

    private static string Duration(string line) => line.Split("initiations for ")[1].Split(';')[0];

    private static string? Text(End end, string key) =>
        end.Harness.Stage.GetStatus()["peers"]!.AsArray().Single()![key] is JsonValue value ? value.ToString() : null;
}
