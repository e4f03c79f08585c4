using System.Text;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>Secrets that a capture asks for, and no others.</summary>
public sealed class KeyLogTests
{
    private static readonly byte[] There = Inner.Packet("10.0.0.1", "10.0.0.2");
    private readonly List<byte[]> _reports = [];

    [Fact]
    public void Only_handshakes_that_begin_meanwhile_are_reported()
    {
        using var tunnel = new TunnelPair().Connect();
        using (tunnel.Left.Tunnel.Local.ShareKeys(_reports.Add))
        {
            // Its session began before: nothing of it is known any more.
            tunnel.Send(tunnel.Left, There);
            Assert.Equal(["LOCAL_STATIC_PRIVATE_KEY"], Names());
            tunnel.Left.Tunnel.SetIdentity(X25519Key.Generate());
            tunnel.Send(tunnel.Left, There);
            Assert.Equal(
                ["LOCAL_STATIC_PRIVATE_KEY", "LOCAL_STATIC_PRIVATE_KEY", "REMOTE_STATIC_PUBLIC_KEY", "LOCAL_EPHEMERAL_PRIVATE_KEY"], Names());
        }

        tunnel.Left.Tunnel.SetIdentity(X25519Key.Generate());
        Assert.Equal(4, Names().Count());
        Assert.False(tunnel.Left.Tunnel.Local.KeyLog.IsOn);
    }

    [Fact]
    public void Both_roles_report_before_their_message_leaves_and_the_preshared_key_follows_the_ephemeral_one()
    {
        var key = Enumerable.Repeat((byte)7, 32).ToArray();
        using var tunnel = new TunnelPair();
        tunnel.Left.Peer.Handshake.SetPresharedKey(key);
        tunnel.Right.Peer.Handshake.SetPresharedKey(key);
        using var initiator = tunnel.Left.Tunnel.Local.ShareKeys(_reports.Add);
        using var responder = tunnel.Right.Tunnel.Local.ShareKeys(_reports.Add);
        var crossed = new List<int>();
        using var counting = tunnel.Left.Tunnel.Local.ShareKeys(_ => crossed.Add(tunnel.Crossed.Count));
        tunnel.Connect();
        string[] handshake = ["REMOTE_STATIC_PUBLIC_KEY", "LOCAL_EPHEMERAL_PRIVATE_KEY", "PRESHARED_KEY"];
        Assert.Equal(["LOCAL_STATIC_PRIVATE_KEY", "LOCAL_STATIC_PRIVATE_KEY", .. handshake, .. handshake], Names());
        Assert.Equal([0, 0], crossed);
        Assert.Equal(Convert.ToBase64String(tunnel.Right.Tunnel.Local.Identity.PublicKey), Values()[2]);
        Assert.Equal(Convert.ToBase64String(key), Values()[4]);
    }

    [Fact]
    public void A_suite_that_Wireshark_does_not_know_shares_nothing()
    {
        using var tunnel = new TunnelPair(SuiteName.Aes256Gcm);
        Assert.Null(tunnel.Left.Tunnel.Local.ShareKeys(_reports.Add));
        Assert.Empty(_reports);
    }

    private string[][] Lines() =>
        [.. _reports.SelectMany(lines => Encoding.ASCII.GetString(lines).TrimEnd('\n').Split('\n')).Select(line => line.Split(" = "))];

    private IEnumerable<string> Names() => Lines().Select(line => line[0]);

    private string[] Values() => [.. Lines().Select(line => line[1])];
}
