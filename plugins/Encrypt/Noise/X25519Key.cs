using System.Security.Cryptography;
using NSec.Cryptography;

namespace Culvert.Plugins.Encrypt.Noise;

/// <summary>
/// An X25519 key pair (RFC 7748), static or ephemeral. The private half stays in libsodium's guarded memory and is wiped on
/// <see cref="Dispose"/>. Thread-safe.
/// </summary>
internal sealed class X25519Key : IDisposable
{
    /// <summary>Bytes of a private key, a public key, a shared secret.</summary>
    public const int Size = 32;

    private readonly Key _key;
    private readonly byte[] _public;

    private X25519Key(Key key)
    {
        _key = key;
        _public = key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
    }

    /// <summary>The public half, 32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _public;

    /// <summary>Makes a new key pair.</summary>
    public static X25519Key Generate() => new(Key.Create(KeyAgreementAlgorithm.X25519));

    /// <summary>Takes a private key.</summary>
    /// <param name="privateKey">32 bytes; the caller wipes them.</param>
    public static X25519Key Import(ReadOnlySpan<byte> privateKey)
    {
        var parameters = new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };
        return new(Key.Import(KeyAgreementAlgorithm.X25519, privateKey, KeyBlobFormat.RawPrivateKey, parameters));
    }

    /// <summary>Writes the private half, clamped as RFC 7748 says; only for a key that was imported.</summary>
    public SecretBytes ExportPrivate()
    {
        var bytes = new SecretBytes(Size);
        if (!_key.TryExport(KeyBlobFormat.RawPrivateKey, bytes.Span, out _))
        {
            throw new CryptographicException("The key cannot be exported.");
        }

        return bytes;
    }

    /// <summary>Diffie-Hellman with a peer's public key.</summary>
    /// <param name="peerPublicKey">32 bytes from the wire or the configuration.</param>
    /// <param name="sharedSecret">32 bytes; written when true is returned.</param>
    /// <returns>False for a public key of low order, whose secret would be all zero.</returns>
    public bool TryAgree(ReadOnlySpan<byte> peerPublicKey, Span<byte> sharedSecret)
    {
        if (!NSec.Cryptography.PublicKey.TryImport(KeyAgreementAlgorithm.X25519, peerPublicKey, KeyBlobFormat.RawPublicKey, out var peer)
            || peer is null)
        {
            return false;
        }

        var parameters = new SharedSecretCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };
        using var secret = KeyAgreementAlgorithm.X25519.Agree(_key, peer, parameters);
        return secret is not null && secret.TryExport(SharedSecretBlobFormat.RawSharedSecret, sharedSecret, out _);
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
