using System.Net;
using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt;

/// <summary>The rules of the stage's options that no single option can check. Reports everything at once; no secret in any message.</summary>
internal static class EncryptValidation
{
    private const string KeyRemedy = "write the base64 form of 32 bytes: 'culvert keygen' writes a private key, 'culvert pubkey' its public key";

    /// <summary>Checks suite, keys and peers.</summary>
    public static void Validate(EncryptOptions options, OptionsReport report)
    {
        CheckSuite(options, report);
        var ownKey = CheckPrivateKey(options, report);
        var keys = new Dictionary<PublicKey, int>();
        var prefixes = new Dictionary<IPNetwork, int>();
        using var anyKey = X25519Key.Generate();
        for (var i = 0; i < options.Peers.Count; i++)
        {
            CheckPublicKey(options.Peers[i], i, ownKey, anyKey, keys, report);
            CheckSecret($"peers[{i}].", "preshared-key", options.Peers[i].PresharedKeyFile, options.Peers[i].PresharedKey, report)?.Dispose();
            CheckAllowedIps(options.Peers[i], i, prefixes, report);
        }
    }

    private static void CheckSuite(EncryptOptions options, OptionsReport report)
    {
        var suite = CipherSuite.Get(options.Suite);
        if (!suite.IsSupported)
        {
            report.Error(
                "suite", $"'{suite.Name}' needs AES and carry-less multiplication in the processor (AES-NI and PCLMULQDQ, or ARMv8 Crypto), which this one lacks",
                "use suite: wireguard at both ends");
        }
        else if (suite.WantsAes && !CipherSuite.HasAesInstructions)
        {
            report.Warning(
                "suite", $"'{suite.Name}' runs in software, slower than wireguard: this processor has no AES instructions", "use suite: wireguard at both ends");
        }

        var library = options.CipherLibrary;
        if (library != CipherLibrary.Auto && suite.Find(library) is null)
        {
            report.Error(
                "cipher-library", $"'{library.ToName()}' has no cipher for 'suite: {suite.Name}' on this system",
                "use cipher-library: auto or cipher-library: libsodium");
        }
    }

    private static PublicKey? CheckPrivateKey(EncryptOptions options, OptionsReport report)
    {
        if (options.PrivateKeyFile is null && options.PrivateKey is null)
        {
            report.Error("", "there is no private key", "add private-key-file: with the path of a file that 'culvert keygen' wrote");
            return null;
        }

        using var key = CheckSecret("", "private-key", options.PrivateKeyFile, options.PrivateKey, report);
        if (key is null)
        {
            return null;
        }

        using var identity = X25519Key.Import(key.Span);
        return new PublicKey(identity.PublicKey);
    }

    private static SecretBytes? CheckSecret(string path, string name, SecretFile? file, InlineKey? inline, OptionsReport report)
    {
        var fileKey = $"{path}{name}-file";
        if (file is not null && inline is not null)
        {
            report.Error(fileKey, $"{name} and {name}-file are both given", "keep one of them, preferably the file");
            return null;
        }

        if (file is not null && !file.Check(report, fileKey, "'culvert keygen' writes a private key"))
        {
            return null;
        }

        var key = KeySource.Read(file, inline, out var error);
        if (error is not null)
        {
            report.Error(fileKey, error, KeyRemedy);
        }

        return key;
    }

    private static void CheckPublicKey(
        PeerOptions peer, int index, PublicKey? ownKey, X25519Key anyKey, Dictionary<PublicKey, int> known, OptionsReport report)
    {
        var path = $"peers[{index}].public-key";
        if (!PublicKey.TryParse(peer.PublicKey, out var key))
        {
            report.Error(path, "not the base64 form of 32 bytes", KeyRemedy);
        }
        else if (key == ownKey)
        {
            report.Error(path, "the public key of this side, not of the peer", "write the public key of the peer, as 'culvert pubkey' prints it there");
        }
        else if (!known.TryAdd(key.Value, index))
        {
            report.Error(path, $"peers[{known[key.Value]}] has the same public key", "make one peer of the two, or give each its own key");
        }
        else if (!IsUsable(key.Value, anyKey))
        {
            report.Error(path, "not the public key of any private key", "copy what 'culvert pubkey' prints at the peer");
        }
    }

    // A point of low order gives every private key the same secret.
    private static bool IsUsable(PublicKey key, X25519Key anyKey)
    {
        Span<byte> secret = stackalloc byte[X25519Key.Size];
        return anyKey.TryAgree(key.ToArray(), secret);
    }

    private static void CheckAllowedIps(PeerOptions peer, int index, Dictionary<IPNetwork, int> known, OptionsReport report)
    {
        for (var i = 0; i < peer.AllowedIps.Count; i++)
        {
            var prefix = peer.AllowedIps[i];
            var path = $"peers[{index}].allowed-ips[{i}]";
            if (!known.TryAdd(prefix, index) && known[prefix] != index)
            {
                report.Error(
                    path, $"peers[{known[prefix]}] has {prefix} already, and packets can go to only one of them", "keep it with one peer, or make it longer");
            }
        }

        if (peer.AllowedIps.Count == 0)
        {
            report.Warning($"peers[{index}].allowed-ips", "empty, so nothing can be sent to or received from this peer", "list the prefixes behind the peer");
        }
    }
}
