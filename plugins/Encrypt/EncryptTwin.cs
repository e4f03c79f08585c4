using System.Net;
using System.Security.Cryptography;
using System.Text;
using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt;

/// <summary>
/// The two ends that a twin replay creates from one file: each other's only peer, for every inner address, with keys that are the same each
/// time. Everybody can compute these keys; they never meet a network. Suite and times are the file's.
/// </summary>
internal static class EncryptTwin
{
    private const string EndpointOfB = "192.0.2.2:51820";

    /// <summary>The options of both sites.</summary>
    public static (EncryptOptions A, EncryptOptions B) Options(EncryptOptions options) =>
        (Site(options, "A", "B", hasEndpoint: true), Site(options, "B", "A", hasEndpoint: false));

    private static EncryptOptions Site(EncryptOptions options, string site, string other, bool hasEndpoint)
    {
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
                    Endpoint = hasEndpoint ? new EndpointChoices(new EndpointChoice(endpoint!)) : null,
                    AllowedIps = [new IPNetwork(IPAddress.Any, 0), new IPNetwork(IPAddress.IPv6Any, 0)],
                    Keepalive = options.Peers.Select(peer => peer.Keepalive).FirstOrDefault(),
                },
            ],
        };
    }

    private static bool HasPresharedKey(EncryptOptions options) =>
        options.Peers.Any(peer => peer.PresharedKey is not null || peer.PresharedKeyFile is not null);

    private static byte[] PrivateKey(string site) => Derive("site " + site);

    private static byte[] Derive(string name) => SHA256.HashData(Encoding.UTF8.GetBytes("culvert replay --twin " + name));
}
