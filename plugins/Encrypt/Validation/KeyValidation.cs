using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt.Validation;

/// <summary>Secret keys: in a file or in the options, and readable.</summary>
internal static class KeyValidation
{
    private const string PrivateKeyFile = "private-key-file";
    private const string KeyRemedy = "write the base64 form of 32 bytes, as 'culvert keygen' prints it";

    /// <summary>Checks this end's private key.</summary>
    /// <returns>Its public key; null when there is none, which was reported unless 'wg set' can bring it.</returns>
    public static PublicKey? CheckPrivateKey(EncryptOptions options, OptionsReport report)
    {
        if (options.PrivateKeyFile is null && options.PrivateKey is null)
        {
            if (options.Uapi.IsOn)
            {
                return null;
            }

            report.Error(PrivateKeyFile, "missing", "add private-key-file: PATH, the path of a file that 'culvert keygen' wrote");
            return null;
        }

        using var key = Check(PrivateKeyFile, options.PrivateKeyFile, options.PrivateKey, report);
        if (key is null)
        {
            return null;
        }

        if (!key.Span.ContainsAnyExcept((byte)0))
        {
            report.Error(options.PrivateKeyFile is null ? "private-key" : PrivateKeyFile, "not a valid private key: all zeros", "write what 'culvert keygen' prints");
            return null;
        }

        using var identity = X25519Key.Import(key.Span);
        return new PublicKey(identity.PublicKey);
    }

    /// <summary>Checks a peer's preshared key, if it has one.</summary>
    public static void CheckPresharedKey(string path, PeerOptions peer, OptionsReport report) =>
        Check($"{path}.preshared-key-file", peer.PresharedKeyFile, peer.PresharedKey, report)?.Dispose();

    private static SecretBytes? Check(string fileKey, SecretFile? file, InlineKey? inline, OptionsReport report)
    {
        if (file is not null && inline is not null)
        {
            report.Error(fileKey, $"given together with {fileKey.Split('.')[^1].Replace("-file", "", StringComparison.Ordinal)}", "keep one of them, preferably the file");
            return null;
        }

        if (file is not null && !file.Check(report, fileKey, "'culvert keygen' writes a key"))
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
}
