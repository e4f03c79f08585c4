using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>A private key that is set while the tunnel runs.</summary>
public sealed class IdentityTests
{
    private static readonly byte[] There = Inner.Packet("10.0.0.1", "10.0.0.2");

    [Fact]
    public void The_key_that_the_tunnel_has_ends_no_session()
    {
        using var tunnel = new TunnelPair().Connect();
        var session = tunnel.Left.Peer.Keypairs.Current;
        using var copy = tunnel.Left.Tunnel.Local.Identity.ExportPrivate();

        tunnel.Left.Tunnel.SetIdentity(X25519Key.Import(copy.Span));
        tunnel.Send(tunnel.Left, There);

        Assert.Same(session, tunnel.Left.Peer.Keypairs.Current);
        Assert.Equal(2, tunnel.Right.Delivered.Count);
        Assert.Equal(1, tunnel.Left.Context.Count("initiations-sent"));
    }

    [Fact]
    public void Another_key_begins_a_handshake_at_once()
    {
        using var tunnel = new TunnelPair().Connect();

        tunnel.Left.Tunnel.SetIdentity(X25519Key.Generate());
        tunnel.Send(tunnel.Left, There);

        Assert.Equal(2, tunnel.Left.Context.Count("initiations-sent"));
        // A gate checks mac1 with the new key from the next message on.
        Assert.Equal(1, tunnel.Right.Context.Count("handshakes-rejected"));
        tunnel.Left.Receive(Flood.Message(tunnel.Left, FloodKind.Mac1), tunnel.Right.Address);
        tunnel.Settle();
        Assert.Equal(1, tunnel.Left.Context.Counters.All.Where(c => c.Name == "handshakes-rejected" && c.Tags[0].Value != "mac1").Sum(c => c.Value));
    }
}
