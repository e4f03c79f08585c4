using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt.Validation;

/// <summary>Peers: each has a usable public key of its own.</summary>
internal static class PeerValidation
{
    /// <summary>Checks the peers' keys.</summary>
    /// <param name="peers">The peers.</param>
    /// <param name="ownKey">This end's public key; null when unknown.</param>
    /// <param name="report">Where findings go.</param>
    public static void Check(IReadOnlyList<PeerOptions> peers, PublicKey? ownKey, OptionsReport report)
    {
        var known = new Dictionary<PublicKey, int>();
        using var anyKey = X25519Key.Generate();
        for (var i = 0; i < peers.Count; i++)
        {
            var path = $"peers[{i}]";
            CheckPublicKey($"{path}.public-key", peers[i].PublicKey, i);
            KeyValidation.CheckPresharedKey(path, peers[i], report);
        }

        void CheckPublicKey(string path, PublicKey key, int index)
        {
            if (key == ownKey)
            {
                report.Error(path, "the public key of this side, not of the peer", "write the public key of the peer, as 'culvert pubkey' prints it there");
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

    // A point of low order gives every private key the same secret.
    private static bool IsUsable(PublicKey key, X25519Key anyKey)
    {
        Span<byte> secret = stackalloc byte[X25519Key.Size];
        return anyKey.TryAgree(key.ToArray(), secret);
    }
}
