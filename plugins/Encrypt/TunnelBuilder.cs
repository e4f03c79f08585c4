using Culvert.Plugins.Encrypt.WireGuard;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Culvert.Plugins.Encrypt.WireGuard.Uapi;
using Culvert.Stages;

namespace Culvert.Plugins.Encrypt;

/// <summary>Creates the tunnel that the options describe.</summary>
internal static class TunnelBuilder
{
    private const string KeyRemedy = "run 'culvert keygen' and write its output to a file that only this user may read";

    /// <summary>Creates the tunnel with its peers. Called once for all lanes, before any packet.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="host">The program around the tunnel.</param>
    /// <exception cref="StageStartException">A key file has changed since it was validated.</exception>
    public static Tunnel Build(EncryptOptions options, ITunnelHost host)
    {
        using var privateKey = KeySource.Read(options.PrivateKeyFile, options.PrivateKey, out var error)
            ?? throw new StageStartException(error ?? "there is no private key", KeyRemedy);
        var cipher = CipherChooser.Choose(CipherSuite.Get(options.Suite), options.CipherLibrary, host.Lanes, host.Logger);
        var tunnel = new Tunnel(host, cipher, X25519Key.Import(privateKey.Span), options.RekeyAfter);
        foreach (var peer in options.Peers)
        {
            Add(tunnel, peer);
        }

        tunnel.Peers.Publish();
        // Keepalives begin handshakes, so they start last, when all peers exist.
        foreach (var peer in options.Peers.Where(peer => peer.Keepalive > TimeSpan.Zero))
        {
            host.Post(() => Start(tunnel, peer.PublicKey, peer.Keepalive));
        }

        return tunnel;
    }

    /// <summary>Opens the socket for <c>wg</c>, if the options enable it.</summary>
    /// <exception cref="StageStartException">The socket cannot be opened, or has no name.</exception>
    public static UapiServer? Serve(Tunnel tunnel, EncryptOptions options, IStageContext context)
    {
        if (!options.Uapi.IsOn)
        {
            return null;
        }

        var name = options.Uapi.Name ?? context.Plan.Host.Device ?? throw new StageStartException(
            "uapi: true uses the device name of the host endpoint, and this host endpoint has none", "write uapi: NAME");
        try
        {
            return new UapiServer(tunnel, name);
        }
        catch (IOException error)
        {
            throw new StageStartException(
                $"cannot serve {UapiServer.PathOf(name)}: {error.Message}", "run as a user that may write there, or set uapi: false", error);
        }
    }

    private static void Start(Tunnel tunnel, PublicKey key, TimeSpan keepalive)
    {
        if (tunnel.Peers.TryGet(key, out var peer))
        {
            peer.SetKeepalive(keepalive);
        }
    }

    private static void Add(Tunnel tunnel, PeerOptions options)
    {
        var peer = tunnel.Peers.Add(options.PublicKey);
        using var presharedKey = KeySource.Read(options.PresharedKeyFile, options.PresharedKey, out var error);
        if (error is not null)
        {
            throw new StageStartException(error, KeyRemedy);
        }

        if (presharedKey is not null)
        {
            peer.Handshake.SetPresharedKey(presharedKey.Span);
        }

        foreach (var prefix in options.AllowedIps)
        {
            tunnel.Peers.Prefixes.Assign(prefix, peer);
        }

        if (options.Endpoint is not null)
        {
            peer.Endpoint.Configure(options.Endpoint);
        }
    }
}
