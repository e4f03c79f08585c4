using Culvert.Plugins.Encrypt.WireGuard.Interop;

namespace Culvert.Plugins.Encrypt.WireGuard.Keys;

/// <summary>
/// An X25519 key pair (RFC 7748), static or ephemeral, on libsodium. The private half is wiped on <see cref="Dispose"/>. Thread-safe.
/// </summary>
internal sealed unsafe class X25519Key : IDisposable
{
    /// <summary>Bytes of a private key, a public key, a shared secret.</summary>
    public const int Size = 32;

    private readonly SecretBytes _private;
    private readonly byte[] _public = new byte[Size];

    private X25519Key(SecretBytes privateKey)
    {
        SodiumLibrary.EnsureLoaded();
        _private = privateKey;
        fixed (byte* q = _public, n = privateKey.Span)
        {
            if (SodiumCurve25519.crypto_scalarmult_curve25519_base(q, n) != 0)
            {
                throw new ArgumentException("X25519 refused a private key.", nameof(privateKey));
            }
        }
    }

    /// <summary>The public half, 32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _public;

    /// <summary>Generates a key pair.</summary>
    public static X25519Key Generate()
    {
        var bytes = new SecretBytes(Size);
        Secrets.FillRandom(bytes.Span);
        return new X25519Key(bytes);
    }

    /// <summary>Imports a private key.</summary>
    /// <param name="privateKey">32 bytes; the caller wipes them.</param>
    public static X25519Key Import(ReadOnlySpan<byte> privateKey)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(privateKey.Length, Size);
        return new X25519Key(new SecretBytes(privateKey));
    }

    /// <summary>A copy of the private half, which the caller disposes.</summary>
    public SecretBytes ExportPrivate() => new(_private.Span);

    /// <summary>Diffie-Hellman with a peer's public key.</summary>
    /// <param name="peerPublicKey">32 bytes from the wire or the configuration.</param>
    /// <param name="sharedSecret">32 bytes; worth something when true is returned.</param>
    /// <returns>False for a public key of low order, whose secret would be all zero.</returns>
    public bool TryAgree(ReadOnlySpan<byte> peerPublicKey, Span<byte> sharedSecret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(peerPublicKey.Length, Size);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sharedSecret.Length, Size);
        fixed (byte* q = sharedSecret, n = _private.Span, p = peerPublicKey)
        {
            return SodiumCurve25519.crypto_scalarmult_curve25519(q, n, p) == 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _private.Dispose();
}
