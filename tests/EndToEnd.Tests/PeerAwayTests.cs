namespace EndToEnd.Tests;

/// <summary>The other site goes and comes back.</summary>
public sealed class PeerAwayTests : IDisposable
{
    // A site that gets no answer asks for a new handshake after 15 s (WireGuard's keepalive and rekey timeouts together).
    private static readonly TimeSpan _recoveryLimit = TimeSpan.FromSeconds(90);

    private readonly TwoSites _sites = TwoSites.Start();

    [Fact]
    public void A_site_that_was_killed_and_comes_back_is_reached_again_from_either_side()
    {
        _sites.Right.Signal("KILL");
        _sites.Right.WaitForExit();
        Assert.False(_sites.Ping());
        _sites.Right.Dispose();

        _sites.StartRight();
        _sites.WaitForDevices();
        Eventually.True(() => _sites.Ping(), _recoveryLimit, () => $"No ping passes.\n{_sites.Left.Said}\n{_sites.Right.Said}");
        Assert.True(_sites.PingBack());
    }

    [Fact]
    public void A_network_that_fails_for_a_while_leaves_the_tunnel_as_it_was()
    {
        _sites.Relay.IsCut = true;
        Assert.False(_sites.Ping());
        _sites.Relay.IsCut = false;
        _sites.AssertAlive();
    }

    public void Dispose() => _sites.Dispose();
}
