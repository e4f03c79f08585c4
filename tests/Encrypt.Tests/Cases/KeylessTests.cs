using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>A tunnel without a private key: it calls nobody and answers nobody until it gets one, as WireGuard's interfaces do.</summary>
public sealed class KeylessTests
{
    [Fact]
    public void Without_a_key_it_sends_nothing_and_with_one_it_calls_for_what_waits()
    {
        using var tunnel = new TunnelPair(left: options => options with { PrivateKey = null });
        Assert.False(tunnel.Left.Tunnel.Local.HasKey);
        Assert.Null(tunnel.Left.Harness.Stage.GetStatus()["public-key"]);
        Assert.Empty(tunnel.Left.Send(Inner.Packet("10.0.0.1", "10.0.0.2")));
        Assert.Empty(tunnel.Left.Serve());

        using var key = X25519Key.Generate();
        using var secret = key.ExportPrivate();
        tunnel.Left.Tunnel.SetIdentity(X25519Key.Import(secret.Span));
        Assert.Single(tunnel.Left.Serve());
    }

    [Fact]
    public void A_key_that_is_taken_away_ends_the_sessions()
    {
        using var tunnel = new TunnelPair().Connect();
        tunnel.Left.Tunnel.SetIdentity(null);
        Assert.Null(tunnel.Left.Peer.Keypairs.Current);
        Assert.Null(tunnel.Left.Tunnel.Local.PublicKey);
        Assert.Empty(tunnel.Left.Send(Inner.Packet("10.0.0.1", "10.0.0.2")));
        Assert.Empty(tunnel.Left.Serve());
    }

    [Fact]
    public void A_reload_keeps_the_key_that_the_file_does_not_have()
    {
        using var tunnel = new TunnelPair(left: options => options with { PrivateKey = null });
        tunnel.Left.Tunnel.SetIdentity(X25519Key.Generate());
        var own = tunnel.Left.Tunnel.Local.PublicKey;
        tunnel.Left.Reload(tunnel.Left.Options with { RekeyAfter = TimeSpan.FromSeconds(60) });
        Assert.NotNull(own);
        Assert.Equal(own, tunnel.Left.Tunnel.Local.PublicKey);
    }

    [Fact]
    public void A_peer_that_has_the_own_key_is_removed()
    {
        using var tunnel = new TunnelPair();
        using var key = X25519Key.Generate();
        var self = new PublicKey(key.PublicKey);
        tunnel.Left.Tunnel.Peers.Add(self);
        using var secret = key.ExportPrivate();
        tunnel.Left.Tunnel.SetIdentity(X25519Key.Import(secret.Span));
        Assert.False(tunnel.Left.Tunnel.Peers.TryGet(self, out _));
        Assert.Single(tunnel.Left.Tunnel.Peers.All);
    }
}
