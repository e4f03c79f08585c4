using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Encrypt.Tests.Simulation;

/// <summary>
/// What an end's pipeline.yaml says, as small numbers: keys have generations, which the reference model compares. The hub is 10.0.0.1, the sites are
/// 10.0.0.2 and 10.0.0.3, and 10.0.9.0/24 belongs to the site that the hub says.
/// </summary>
internal sealed record EndFile(EndName End)
{
    /// <summary>The site that owns the shared prefix, at the hub; null for none.</summary>
    public EndName? SharedOwner { get; init; }

    /// <summary>The generation of the private key.</summary>
    public int Key { get; init; }

    /// <summary>The peers: the generation of each one's public key, and of the preshared key with it, 0 for none.</summary>
    public required IReadOnlyDictionary<EndName, (int Key, int Preshared)> Peers { get; init; }

    /// <summary>Seconds until a keypair is renewed.</summary>
    public int RekeyAfter { get; init; } = 120;

    /// <summary>Whether keepalives are sent.</summary>
    public bool Keepalive { get; init; }

    private static ConcurrentDictionary<(EndName End, int Generation), (InlineKey Private, PublicKey Public)> Keys { get; } = [];

    /// <summary>The file of an end before anything has changed.</summary>
    public static EndFile First(EndName end, bool keepalive) => new(end)
    {
        Peers = OthersOf(end).ToDictionary(other => other, _ => (0, 0)),
        Keepalive = keepalive && end != EndName.Hub,
        SharedOwner = EndName.A,
    };

    /// <summary>The ends that an end talks to.</summary>
    public static EndName[] OthersOf(EndName end) => end == EndName.Hub ? [EndName.A, EndName.B] : [EndName.Hub];

    /// <summary>An end's own inner address.</summary>
    public static string Address(EndName end) => $"10.0.0.{1 + (int)end}";

    /// <summary>The peer that owns an inner address, or null.</summary>
    public EndName? OwnerOf(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var owner = bytes[2] == 9 ? (End == EndName.Hub ? SharedOwner : null) : (EndName)(bytes[3] - 1);
        return owner is { } peer && Peers.ContainsKey(peer) ? peer : null;
    }

    /// <summary>The options of the stage.</summary>
    /// <param name="hub">Where the hub is found.</param>
    public EncryptOptions ToOptions(string hub) => new()
    {
        PrivateKey = KeyOf(End, Key).Private,
        CipherLibrary = Culvert.Plugins.Encrypt.WireGuard.Suites.CipherLibrary.Libsodium,
        RekeyAfter = TimeSpan.FromSeconds(RekeyAfter),
        Peers = [.. Peers.OrderBy(peer => peer.Key).Select(peer => new PeerOptions
        {
            PublicKey = KeyOf(peer.Key, peer.Value.Key).Public,
            PresharedKey = peer.Value.Preshared == 0 ? null : KeyOf(EndName.Hub, -peer.Value.Preshared).Private,
            Endpoint = peer.Key == EndName.Hub ? Fixtures.End.Way(hub) : null,
            Keepalive = TimeSpan.FromSeconds(Keepalive ? 25 : 0),
            AllowedIps = [IPNetwork.Parse(Address(peer.Key) + "/32"), .. SharedOwner == peer.Key ? [IPNetwork.Parse("10.0.9.0/24")] : Array.Empty<IPNetwork>()],
        })],
    };

    private static (InlineKey Private, PublicKey Public) KeyOf(EndName end, int generation) => Keys.GetOrAdd((end, generation), static name =>
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"culvert simulation {name.End} {name.Generation}"));
        using var key = X25519Key.Import(bytes);
        return (InlineKey.FromBytes(bytes), new PublicKey(key.PublicKey));
    });
}
