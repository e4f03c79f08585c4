using System.Net;
using System.Security.Cryptography;
using System.Text;
using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Stages;

namespace Culvert.Plugins.Encrypt;

/// <summary>
/// The two ends that a twin replay creates from one file: each other's only peer, for every inner address, with keys that are the same each
/// time. Everybody can compute these keys; they never meet a network. Suite and times are the file's.
/// </summary>
internal static class EncryptTwin
{
    private const string EndpointOfB = "192.0.2.2:51820";

    /// <summary>The options of one site.</summary>
    public static EncryptOptions Options(EncryptOptions options, TwinSite site)
    {
        var other = site == TwinSite.A ? TwinSite.B : TwinSite.A;
        using var otherKey = X25519Key.Import(PrivateKey(other));
        _ = HostEndpoint.TryParse(EndpointOfB, out var endpoint);
        return options with
        {
            PrivateKeyFile = null,
            PrivateKey = InlineKey.FromBytes(PrivateKey(site)),
            Uapi = UapiName.Off,
            Peers =
            [
                new PeerOptions
                {
                    PublicKey = new PublicKey(otherKey.PublicKey),
                    PresharedKey = HasPresharedKey(options) ? InlineKey.FromBytes(Derive("preshared")) : null,
                    Endpoint = site == TwinSite.A ? endpoint : null,
                    AllowedIps = [new IPNetwork(IPAddress.Any, 0), new IPNetwork(IPAddress.IPv6Any, 0)],
                    Keepalive = options.Peers.Select(peer => peer.Keepalive).FirstOrDefault(),
                },
            ],
        };
    }

    private static bool HasPresharedKey(EncryptOptions options) =>
        options.Peers.Any(peer => peer.PresharedKey is not null || peer.PresharedKeyFile is not null);

    private static byte[] PrivateKey(TwinSite site) => Derive("site " + site);

    private static byte[] Derive(string name) => SHA256.HashData(Encoding.UTF8.GetBytes("culvert replay --twin " + name));
}
