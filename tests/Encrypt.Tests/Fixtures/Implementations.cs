using System.Security.Cryptography;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Encrypt.Tests.Fixtures;

/// <summary>Every implementation of a suite's cipher that this system has: what one may do, all must.</summary>
internal static class Implementations
{
    /// <summary>libsodium's first, then the system's and the base library's.</summary>
    public static IReadOnlyList<AeadFactory> Of(CipherSuite suite) => Of(suite, suite.Layout);

    /// <summary>The same with nonces of another layout.</summary>
    public static IReadOnlyList<AeadFactory> Of(CipherSuite suite, NonceLayout layout)
    {
        AeadFactory sodium = suite.Id switch
        {
            SuiteName.Wireguard => key => new ChaCha20Poly1305Aead(layout, suite.TagSize, key),
            SuiteName.Aes256Gcm => key => new Aes256GcmAead(layout, suite.TagSize, key),
            SuiteName.Aegis256 => key => new Aegis256Aead(layout, suite.TagSize, key),
            _ => key => new Aegis128LAead(layout, suite.TagSize, key),
        };
        AeadFactory?[] all = suite.Id switch
        {
            // OpenSSL's own composition is what messages with associated data take, and calls through the EVP layer are the way where a trial
            // without it differs. The base library's is chosen on Windows only. All are the same everywhere.
            SuiteName.Wireguard =>
            [
                sodium, SystemLibrary.ChaCha20Poly1305(layout), OneKeystream(layout), OpenSsl("ChaCha20-Poly1305", layout),
                ChaCha20Poly1305.IsSupported ? key => new BaseLibraryChaCha(layout, key, sodium) : null,
            ],
            SuiteName.Aes256Gcm =>
            [
                sodium, SystemLibrary.Aes256Gcm(layout), AesGcm.IsSupported ? key => new BaseLibraryAesGcm(layout, key, sodium) : null,
            ],
            _ => [sodium],
        };
        return [.. all.OfType<AeadFactory>()];
    }

    private static AeadFactory? OneKeystream(NonceLayout layout) =>
        OpenSslAlgorithms.FindEvp() is { } evp ? key => new OpenSslChaCha20Poly1305(evp, layout, key) : null;

    private static AeadFactory? OpenSsl(string name, NonceLayout layout) =>
        OpenSslAead.Find(name) is { } algorithm ? key => new OpenSslAead(algorithm, layout, key) : null;
}
