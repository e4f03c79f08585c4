using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt.WireGuard.Noise;

/// <summary>
/// The symmetric state of a handshake: chaining key, transcript hash and the present cipher key (Noise specification, revision 34,
/// section 5.2). Not thread-safe. Disposing wipes it.
/// </summary>
internal sealed class SymmetricState : IDisposable
{
    private readonly CipherSuite _suite;
    private readonly SecretBytes _chainingKey = new(Blake2s.HashSize);
    private readonly SecretBytes _hash = new(Blake2s.HashSize);
    private readonly SecretBytes _cipherKey = new(Blake2s.HashSize);
    private ulong _nonce;

    /// <summary>Starts a handshake: the suite's protocol name, then the prologue.</summary>
    public SymmetricState(CipherSuite suite, ReadOnlySpan<byte> prologue)
    {
        _suite = suite;
        Blake2s.Hash(_chainingKey.Span, suite.NoiseNameBytes);
        _chainingKey.Span.CopyTo(_hash.Span);
        MixHash(prologue);
    }

    private SymmetricState(SymmetricState other)
    {
        _suite = other._suite;
        other._chainingKey.Span.CopyTo(_chainingKey.Span);
        other._hash.Span.CopyTo(_hash.Span);
        other._cipherKey.Span.CopyTo(_cipherKey.Span);
        _nonce = other._nonce;
    }

    /// <summary>The transcript hash, 32 bytes.</summary>
    public ReadOnlySpan<byte> HandshakeHash => _hash.Span;

    /// <summary>A copy with a life of its own, so that a message that proves bad leaves this one as it was.</summary>
    public SymmetricState Clone() => new(this);

    /// <summary>h = HASH(h ‖ data)</summary>
    public void MixHash(ReadOnlySpan<byte> data) => Blake2s.Hash(_hash.Span, _hash.Span, data);

    /// <summary>Derives the next chaining key and cipher key.</summary>
    public void MixKey(ReadOnlySpan<byte> input)
    {
        Blake2s.Hkdf(_chainingKey.Span, input, _chainingKey.Span, _cipherKey.Span);
        _nonce = 0;
    }

    /// <summary>Mixes a preshared key in, which also enters the transcript.</summary>
    public void MixKeyAndHash(ReadOnlySpan<byte> input)
    {
        Span<byte> forHash = stackalloc byte[Blake2s.HashSize];
        Blake2s.Hkdf(_chainingKey.Span, input, _chainingKey.Span, forHash, _cipherKey.Span);
        MixHash(forHash);
        Secrets.Wipe(forHash);
        _nonce = 0;
    }

    /// <summary>Mixes a Diffie-Hellman result in.</summary>
    /// <returns>False when the peer's public key is of low order; the state is then of no use.</returns>
    public bool MixAgreement(X25519Key key, ReadOnlySpan<byte> peerPublicKey)
    {
        Span<byte> secret = stackalloc byte[X25519Key.Size];
        var agreed = key.TryAgree(peerPublicKey, secret);
        if (agreed)
        {
            MixKey(secret);
        }

        Secrets.Wipe(secret);
        return agreed;
    }

    /// <summary>Encrypts under the cipher key with the transcript as associated data; the ciphertext enters the transcript.</summary>
    /// <param name="plaintext">Any length.</param>
    /// <param name="ciphertext">That length and a tag.</param>
    public void EncryptAndHash(ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        using var aead = _suite.CreateHandshakeAead(_cipherKey.Span);
        aead.Seal(_nonce++, _hash.Span, plaintext, ciphertext);
        MixHash(ciphertext);
    }

    /// <summary>The reverse of <see cref="EncryptAndHash"/>.</summary>
    /// <returns>False when the ciphertext is not authentic.</returns>
    public bool DecryptAndHash(ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        using var aead = _suite.CreateHandshakeAead(_cipherKey.Span);
        if (!aead.Open(_nonce, _hash.Span, ciphertext, plaintext))
        {
            return false;
        }

        _nonce++;
        MixHash(ciphertext);
        return true;
    }

    /// <summary>The two transport keys: initiator to responder first. Each has 32 bytes; a suite with shorter keys takes the first.</summary>
    public (SecretBytes FromInitiator, SecretBytes FromResponder) Split()
    {
        var first = new SecretBytes(Blake2s.HashSize);
        var second = new SecretBytes(Blake2s.HashSize);
        Blake2s.Hkdf(_chainingKey.Span, default, first.Span, second.Span);
        return (first, second);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _chainingKey.Dispose();
        _hash.Dispose();
        _cipherKey.Dispose();
    }
}
