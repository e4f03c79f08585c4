using System.Net.Sockets;
using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Stages;

namespace Culvert.Plugins.Encrypt.Validation;

/// <summary>Peers: each has a usable public key of its own.</summary>
internal static class PeerValidation
{
    private const int MaxName = 64;
    private const string WriteAndReplace = "write the public key of the peer, and replace the private key, which whoever reads this file now knows";

    /// <summary>Checks the peers' keys and names.</summary>
    /// <param name="peers">The peers.</param>
    /// <param name="ownKey">This end's public key; null when unknown.</param>
    /// <param name="report">Where findings go.</param>
    public static void Check(IReadOnlyList<PeerOptions> peers, PublicKey? ownKey, OptionsReport report)
    {
        var known = new Dictionary<PublicKey, int>();
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        using var anyKey = X25519Key.Generate();
        for (var i = 0; i < peers.Count; i++)
        {
            var path = $"peers[{i}]";
            CheckPublicKey($"{path}.public-key", peers[i].PublicKey, i);
            CheckName($"{path}.name", peers[i].Name, i);
            KeyValidation.CheckPresharedKey(path, peers[i], report);
        }

        void CheckName(string path, string? name, int index)
        {
            if (name is null)
            {
                return;
            }

            if (name.Length is 0 or > MaxName || name.Any(char.IsControl) || name != name.Trim())
            {
                report.Error(path, "not a valid name", $"write 1 to {MaxName} characters, without control characters and without white space around them");
            }
            else if (!names.TryAdd(name, index))
            {
                report.Error(path, $"peers[{names[name]}] has the same name", "give each peer its own name");
            }
        }

        void CheckPublicKey(string path, PublicKey key, int index)
        {
            if (key == ownKey)
            {
                report.Error(path, "the public key of this side, not of the peer", "write the public key of the peer, as 'culvert pubkey' prints it there");
            }
            else if (IsPrivateKeyOf(ownKey, key))
            {
                report.Error(path, "the private key of this side, where the public key of the peer belongs", WriteAndReplace);
            }
            else if (KeyKind.IsPrivate(key.ToArray()))
            {
                report.Error(path, "a private key, where the public key of the peer belongs", WriteAndReplace);
            }
            else if (!known.TryAdd(key, index))
            {
                report.Error(path, $"peers[{known[key]}] has the same public key", "merge the two peers, or give each its own key");
            }
            else if (!IsUsable(key, anyKey))
            {
                report.Error(path, "not the public key of any private key", "copy what 'culvert pubkey' prints at the peer");
            }
        }
    }

    /// <summary>Checks that the network endpoint can send to each endpoint that is an address.</summary>
    public static void CheckFamilies(IReadOnlyList<PeerOptions> peers, StagePlan plan, OptionsReport report)
    {
        ArgumentNullException.ThrowIfNull(plan);
        for (var i = 0; plan.Network.IsIpv4Only && i < peers.Count; i++)
        {
            foreach (var endpoint in (peers[i].Endpoint?.All ?? []).Where(one => one.To.Address?.AddressFamily == AddressFamily.InterNetworkV6))
            {
                report.Error(
                    $"peers[{i}].endpoint", $"{endpoint.To} is an IPv6 address, but the network endpoint listens on an IPv4 address",
                    $"write listen: \"[::]:{plan.Network.ListenPort ?? 0}\" there, which serves both families");
            }
        }
    }

    private static bool IsPrivateKeyOf(PublicKey? ownKey, PublicKey key)
    {
        if (ownKey is null)
        {
            return false;
        }

        using var pair = X25519Key.Import(key.ToArray());
        return new PublicKey(pair.PublicKey) == ownKey;
    }

    // A point of low order gives every private key the same secret.
    private static bool IsUsable(PublicKey key, X25519Key anyKey)
    {
        Span<byte> secret = stackalloc byte[X25519Key.Size];
        return anyKey.TryAgree(key.ToArray(), secret);
    }
}
