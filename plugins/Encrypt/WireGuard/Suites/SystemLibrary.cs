using System.Runtime.CompilerServices;
using AesGcm = System.Security.Cryptography.AesGcm;
using BaseChaCha20Poly1305 = System.Security.Cryptography.ChaCha20Poly1305;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// Ciphers of the library that the system brings: OpenSSL on Linux, called directly, and CNG on Windows, by the base library. Each answer is
/// null where the system has none. To ask loads the library; the methods are apart so that Linux does not load the base library's part, too.
/// </summary>
internal static class SystemLibrary
{
    /// <summary>Which library that is.</summary>
    public static CipherLibrary Id => OperatingSystem.IsLinux() ? CipherLibrary.Openssl : CipherLibrary.Cng;

    /// <summary>ChaCha20-Poly1305 (RFC 8439).</summary>
    public static AeadFactory? ChaCha20Poly1305(NonceLayout layout) =>
        OperatingSystem.IsLinux() ? OpenSslChaCha(layout) : BaseLibraryChaCha(layout);

    /// <summary>AES-256-GCM (NIST SP 800-38D).</summary>
    public static AeadFactory? Aes256Gcm(NonceLayout layout) =>
        OperatingSystem.IsLinux() ? OpenSslAesGcm(layout) : BaseLibraryAesGcm(layout);

    private static AeadFactory? OpenSslChaCha(NonceLayout layout) =>
        OpenSslAlgorithms.Find() is { } algorithms ? key => new OpenSslChaCha20Poly1305(algorithms, layout, key) : null;

    private static AeadFactory? OpenSslAesGcm(NonceLayout layout) =>
        OpenSslAead.Find("AES-256-GCM") is { } algorithm ? key => new OpenSslAead(algorithm, layout, key) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static AeadFactory? BaseLibraryChaCha(NonceLayout layout) =>
        BaseChaCha20Poly1305.IsSupported ? key => new BaseLibraryChaCha(layout, key, CipherSuite.Wireguard.Sodium) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static AeadFactory? BaseLibraryAesGcm(NonceLayout layout) =>
        AesGcm.IsSupported ? key => new BaseLibraryAesGcm(layout, key, CipherSuite.Aes256Gcm.Sodium) : null;
}
