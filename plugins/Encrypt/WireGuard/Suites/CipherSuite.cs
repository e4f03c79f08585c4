using System.Text;
using NSec.Cryptography;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// What differs from one suite to another: the Noise protocol name (so that two ends with different suites cannot talk by accident), key
/// and tag sizes, the nonce's layout and how many messages one key may seal. Immutable.
/// <para>
/// Limits: WireGuard's own for ChaCha20-Poly1305 (its paper, section 6.1). AES-GCM's confidentiality bound is quadratic in the blocks
/// sealed under one key (NIST SP 800-38D; Luykx and Paterson 2017): 2^33 packets of 1500 bytes leave an advantage below 2^-49. AEGIS
/// allows 2^48 messages a key (draft-irtf-cfrg-aegis-aead, section on security considerations). No link reaches the last two in 120 s.
/// </para>
/// </summary>
internal sealed class CipherSuite
{
    private static readonly NonceLayout Noise12 = new(12, BigEndian: false);
    private static readonly NonceLayout Gcm12 = new(12, BigEndian: true);
    private static readonly NonceLayout Aegis32 = new(32, BigEndian: false);
    private static readonly NonceLayout Aegis16 = new(16, BigEndian: false);

    /// <summary>Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s: WireGuard.</summary>
    public static readonly CipherSuite Wireguard = new(
        SuiteName.Wireguard, "wireguard", "ChaChaPoly", AeadAlgorithm.ChaCha20Poly1305, Noise12)
    {
        Sodium = key => new ChaCha20Poly1305Aead(Noise12, 16, key),
        RekeyAfterMessages = 1UL << 60,
        RejectAfterMessages = ulong.MaxValue - (1UL << 13),
        FindSystemLibrary = () => SystemLibrary.ChaCha20Poly1305(Noise12),
    };

    /// <summary>Noise_IKpsk2_25519_AESGCM_BLAKE2s, of the Noise specification.</summary>
    public static readonly CipherSuite Aes256Gcm = new(
        SuiteName.Aes256Gcm, "aes-256-gcm", "AESGCM", NSec.Cryptography.Aes256Gcm.IsSupported ? AeadAlgorithm.Aes256Gcm : null, Gcm12)
    {
        Sodium = key => new Aes256GcmAead(Gcm12, 16, key),
        RekeyAfterMessages = 1UL << 32,
        RejectAfterMessages = 1UL << 33,
        FindSystemLibrary = () => SystemLibrary.Aes256Gcm(Gcm12),
    };

    /// <summary>The same pattern with AEGIS-256.</summary>
    public static readonly CipherSuite Aegis256 = new(
        SuiteName.Aegis256, "aegis-256", "AEGIS256", AeadAlgorithm.Aegis256, Aegis32)
    {
        Sodium = key => new Aegis256Aead(Aegis32, 32, key),
        RekeyAfterMessages = 1UL << 47,
        RejectAfterMessages = 1UL << 48,
    };

    /// <summary>The same pattern with AEGIS-128L.</summary>
    public static readonly CipherSuite Aegis128L = new(
        SuiteName.Aegis128l, "aegis-128l", "AEGIS128L", AeadAlgorithm.Aegis128L, Aegis16)
    {
        Sodium = key => new Aegis128LAead(Aegis16, 32, key),
        RekeyAfterMessages = 1UL << 47,
        RejectAfterMessages = 1UL << 48,
    };

    private CipherSuite(SuiteName id, string name, string noiseCipher, AeadAlgorithm? algorithm, NonceLayout layout)
    {
        (Id, Name, IsSupported, Layout) = (id, name, algorithm is not null, layout);
        NoiseName = $"Noise_IKpsk2_25519_{noiseCipher}_BLAKE2s";
        NoiseNameBytes = Encoding.ASCII.GetBytes(NoiseName);
        KeySize = algorithm?.KeySize ?? 32;
        TagSize = algorithm?.TagSize ?? 16;
    }

    /// <summary>All suites.</summary>
    public static IReadOnlyList<CipherSuite> All { get; } = [Wireguard, Aes256Gcm, Aegis256, Aegis128L];

    /// <summary>Which one it is.</summary>
    public SuiteName Id { get; }

    /// <summary>As written in pipeline.yaml.</summary>
    public string Name { get; }

    /// <summary>The Noise protocol name.</summary>
    public string NoiseName { get; }

    /// <summary>The protocol name's bytes: what a handshake starts from.</summary>
    internal byte[] NoiseNameBytes { get; }

    /// <summary>Bytes of a key. Noise derives 32; a suite with shorter keys takes the first ones.</summary>
    public int KeySize { get; }

    /// <summary>Bytes of a tag.</summary>
    public int TagSize { get; }

    /// <summary>Messages under one key after which a new handshake is begun.</summary>
    public required ulong RekeyAfterMessages { get; init; }

    /// <summary>Messages under one key that are never exceeded.</summary>
    public required ulong RejectAfterMessages { get; init; }

    /// <summary>libsodium's cipher.</summary>
    public required AeadFactory Sodium { get; init; }

    private Func<AeadFactory?>? FindSystemLibrary { get; init; }

    /// <summary>False when this processor lacks what the suite needs.</summary>
    public bool IsSupported { get; }

    /// <summary>How a counter becomes a nonce.</summary>
    public NonceLayout Layout { get; }

    /// <summary>Whether this processor has AES instructions.</summary>
    public static bool HasAesInstructions =>
        System.Runtime.Intrinsics.X86.Aes.IsSupported || System.Runtime.Intrinsics.Arm.Aes.IsSupported;

    /// <summary>True for a suite that is made for AES instructions.</summary>
    public bool WantsAes => Id != SuiteName.Wireguard;

    /// <summary>The suite of that name.</summary>
    public static CipherSuite Get(SuiteName id) => All[(int)id];

    /// <summary>A library's cipher for packets. Asked only when needed: the question loads the library.</summary>
    /// <returns>Null where that library has none on this system.</returns>
    public AeadFactory? Find(CipherLibrary library) =>
        library == CipherLibrary.Libsodium ? CreateSodium
        : library == SystemLibrary.Id ? FindSystemLibrary?.Invoke() : null;

    /// <summary>libsodium's cipher of a key of <see cref="KeySize"/> bytes.</summary>
    public Aead CreateSodium(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeySize);
        return IsSupported ? Sodium(key)
            : throw new PlatformNotSupportedException($"The suite {Name} needs instructions that this processor lacks.");
    }

    /// <summary>The cipher for one message of a handshake, of Noise's 32 key bytes.</summary>
    public Aead CreateHandshakeAead(ReadOnlySpan<byte> noiseKey) => CreateSodium(noiseKey[..KeySize]);
}
