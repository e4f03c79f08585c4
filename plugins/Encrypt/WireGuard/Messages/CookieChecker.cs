using System.Buffers.Binary;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using NSec.Cryptography;

namespace Culvert.Plugins.Encrypt.WireGuard.Messages;

/// <summary>
/// The responder's side of mac2 and cookies (WireGuard paper, sections 5.3, 5.4.4 and 5.4.7). The cookie secret is new every two
/// minutes. Compares in constant time. Thread-safe.
/// </summary>
internal sealed class CookieChecker : IDisposable
{
    private const int AddressAndPortSize = 16 + 2;

    // Random bytes for many replies at a time: a system call for each would be a quarter of a reply's cost.
    private const int NoncesAtOnce = 64;

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Key _cookieKey;
    private readonly byte[] _nonces = new byte[NoncesAtOnce * CookieReply.NonceSize];
    private int _usedNonceBytes = NoncesAtOnce * CookieReply.NonceSize;
    private KeyedMac? _cookies;
    private long _secretSetAt;
    private bool _isDisposed;

    /// <summary>Creates the checker for an identity.</summary>
    public CookieChecker(ReadOnlySpan<byte> publicKey, TimeProvider time)
    {
        _time = time;
        _cookieKey = MacLabels.CookieKey(publicKey);
    }

    /// <summary>Whether mac2 proves that the sender received a cookie of this end at that address.</summary>
    public bool CheckMac2(ReadOnlySpan<byte> message, DatagramEndpoint source)
    {
        Span<byte> cookie = stackalloc byte[Blake2s.MacSize];
        Span<byte> mac = stackalloc byte[Blake2s.MacSize];
        if (!MessageLayout.ClaimsCookie(message) || !TryMakeCookie(cookie, source))
        {
            return false;
        }

        Blake2s.Mac(mac, cookie, message[..^MessageLayout.MacSize]);
        return Secrets.AreEqual(mac, message[^MessageLayout.MacSize..]);
    }

    /// <summary>Writes the cookie reply to a message whose mac1 is right.</summary>
    /// <param name="reply">64 bytes.</param>
    /// <param name="message">What is answered.</param>
    /// <param name="source">Where it came from.</param>
    public void WriteReply(Span<byte> reply, ReadOnlySpan<byte> message, DatagramEndpoint source)
    {
        Span<byte> cookie = stackalloc byte[Blake2s.MacSize];
        if (!TryMakeCookie(cookie, source))
        {
            RenewSecret();
            TryMakeCookie(cookie, source);
        }

        var view = new CookieReply(reply);
        view.Start(MessageLayout.Sender(message));
        TakeNonce(view.Nonce);
        AeadAlgorithm.XChaCha20Poly1305.Encrypt(_cookieKey, view.Nonce, Mac1(message), cookie, view.EncryptedCookie);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _cookies?.Dispose();
            _cookies = null;
        }

        _cookieKey.Dispose();
    }

    private static ReadOnlySpan<byte> Mac1(ReadOnlySpan<byte> message) =>
        message[^(2 * MessageLayout.MacSize)..^MessageLayout.MacSize];

    private void TakeNonce(Span<byte> nonce)
    {
        lock (_gate)
        {
            if (_usedNonceBytes == _nonces.Length)
            {
                Secrets.FillRandom(_nonces);
                _usedNonceBytes = 0;
            }

            _nonces.AsSpan(_usedNonceBytes, nonce.Length).CopyTo(nonce);
            _usedNonceBytes += nonce.Length;
        }
    }

    private void RenewSecret()
    {
        using var secret = new SecretBytes(Blake2s.HashSize);
        Secrets.FillRandom(secret.Span);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _cookies?.Dispose();
            _cookies = new KeyedMac(secret.Span);
            _secretSetAt = _time.GetTimestamp();
        }
    }

    // False without a secret that is still good.
    private bool TryMakeCookie(Span<byte> cookie, DatagramEndpoint source)
    {
        Span<byte> bytes = stackalloc byte[AddressAndPortSize];
        var length = source.WriteAddress(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[length..], (ushort)source.Port);
        lock (_gate)
        {
            if (_cookies is null || _time.GetElapsedTime(_secretSetAt) > ProtocolTimes.CookieRefresh)
            {
                return false;
            }

            _cookies.Compute(cookie, bytes[..(length + 2)]);
            return true;
        }
    }
}
