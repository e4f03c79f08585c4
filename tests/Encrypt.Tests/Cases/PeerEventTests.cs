using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>The events of a peer that programs follow: one at each change, and none at a rekey.</summary>
public sealed class PeerEventTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly byte[] There = Inner.Packet("10.0.0.1", "10.0.0.2");

    [Fact]
    public void A_peer_that_went_away_and_came_back_is_down_once_and_up_again()
    {
        using var tunnel = new TunnelPair().Connect();
        Assert.Equal(["up"], Changes(tunnel.Left));

        tunnel.IsConnected = false;
        Run(tunnel, 240);
        Assert.Equal(["up", "down"], Changes(tunnel.Left));

        tunnel.IsConnected = true;
        Run(tunnel, 60);
        Assert.Equal(["up", "down", "up"], Changes(tunnel.Left));
    }

    [Fact]
    public void A_peer_that_was_silent_while_its_session_lasted_is_up_again_too()
    {
        using var tunnel = new TunnelPair(left: o => o with { RekeyAfter = 5 * Second }).Connect();
        tunnel.IsConnected = false;
        Run(tunnel, 40);
        tunnel.IsConnected = true;
        Run(tunnel, 20);

        Assert.Equal(["up", "down", "up"], Changes(tunnel.Left));
    }

    [Fact]
    public void A_peer_that_moves_is_reported_a_second_later_once()
    {
        using var tunnel = new TunnelPair().Connect();
        Run(tunnel, 5);
        Assert.DoesNotContain(tunnel.Right.Context.Log.Lines, line => line.Contains("endpoint changed", StringComparison.Ordinal));

        // To and fro: only where it stays is reported.
        foreach (var port in new[] { 1, 2, 51820, 3, 4 })
        {
            tunnel.Left.Address = End.At($"192.0.2.9:{port}");
            tunnel.Send(tunnel.Left, There);
        }

        tunnel.Wait(3 * Second);
        var line = Assert.Single(tunnel.Right.Context.Log.Lines, line => line.Contains("endpoint changed", StringComparison.Ordinal));
        Assert.EndsWith("endpoint changed from 192.0.2.1:51820 to 192.0.2.9:4, learned", line);
    }

    private static IEnumerable<string> Changes(End end) => end.Context.Log.Lines
        .Select(line => line.StartsWith("Information", StringComparison.Ordinal) && line.Contains("handshake complete", StringComparison.Ordinal) ? "up"
            : line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("no answer to handshake initiations for 15 s", StringComparison.Ordinal) ? "down" : "")
        .Where(change => change.Length > 0);

    private static void Run(TunnelPair tunnel, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            tunnel.Send(tunnel.Left, There);
            tunnel.Wait(Second);
        }
    }
}
