using Culvert.Plugins.Encrypt.WireGuard.Handshakes;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Paths;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt.WireGuard;

/// <summary>
/// A WireGuard interface: this end, its peers and their handshakes, shared by all lanes. Each lane has an <see cref="OutboundPath"/> and an
/// <see cref="InboundPath"/>; the peers belong to the service thread.
/// </summary>
internal sealed class Tunnel : IDisposable
{
    /// <summary>Creates a tunnel without peers.</summary>
    /// <param name="host">The program around the tunnel.</param>
    /// <param name="cipher">The cipher suite, and what seals and opens its packets.</param>
    /// <param name="identity">This end's key pair, which is disposed with the tunnel; null for none yet.</param>
    /// <param name="rekeyAfter">REKEY-AFTER-TIME: how long an initiator uses a keypair, up to 120 s.</param>
    public Tunnel(ITunnelHost host, DataCipher cipher, X25519Key? identity, TimeSpan rekeyAfter)
    {
        Local = new LocalEnd(host, cipher, identity, rekeyAfter);
        Peers = new PeerTable(Local);
        Receiver = new HandshakeReceiver(Local, Peers);
    }

    /// <summary>This end.</summary>
    public LocalEnd Local { get; }

    /// <summary>The other ends.</summary>
    public PeerTable Peers { get; }

    /// <summary>Handshake messages from the network.</summary>
    public HandshakeReceiver Receiver { get; }

    /// <summary>Creates the path from the host to the network for one lane.</summary>
    public OutboundPath CreateOutboundPath(int lane) => new(Local, Peers, lane);

    /// <summary>Creates the path from the network to the host for one lane.</summary>
    public InboundPath CreateInboundPath(int lane) => new(Local, Peers, Receiver, lane);

    /// <summary>
    /// Replaces the private key: all keypairs are erased, and handshakes start anew. The key that the tunnel has already changes nothing. A peer
    /// that has this end's own key now is removed, as WireGuard does. Service thread.
    /// </summary>
    /// <param name="identity">The new key pair, which is disposed by the tunnel; null for none.</param>
    public void SetIdentity(X25519Key? identity)
    {
        if (identity is null ? !Local.HasKey : Local.HasKey && identity.PublicKey.SequenceEqual(Local.Identity.PublicKey))
        {
            identity?.Dispose();
            return;
        }

        var isFirst = !Local.HasKey;
        Local.SetIdentity(identity);
        if (Local.PublicKey is { } own && Peers.TryGet(own, out var self))
        {
            Peers.Remove(self);
            Peers.Publish();
        }

        foreach (var peer in Peers.All)
        {
            peer.ForgetIdentity();
            if (isFirst && peer.HasReasonToCall)
            {
                peer.Handshaker.Initiate(isRetry: false);
            }
        }
    }

    /// <summary>Wipes all keys. Called after the last batch.</summary>
    public void Dispose()
    {
        Receiver.Dispose();
        Peers.Dispose();
        Local.Dispose();
    }
}
