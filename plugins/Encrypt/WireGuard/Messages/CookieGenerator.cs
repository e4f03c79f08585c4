using Culvert.Plugins.Encrypt.WireGuard.Noise;
using NSec.Cryptography;

namespace Culvert.Plugins.Encrypt.WireGuard.Messages;

/// <summary>
/// The sender's side of mac1, mac2 and cookies, one for each peer: remembers the last mac1 and the cookie that the peer sent for it, for
/// two minutes. Used on the service thread only.
/// </summary>
internal sealed class CookieGenerator
{
    private readonly TimeProvider _time;
    private readonly byte[] _peerPublicKey;
    private byte[]? _lastMac1;
    private byte[]? _cookie;
    private long _cookieSetAt;

    /// <summary>Creates the generator for messages to a peer.</summary>
    public CookieGenerator(byte[] peerPublicKey, TimeProvider time)
    {
        _time = time;
        _peerPublicKey = peerPublicKey;
    }

    /// <summary>Writes mac1, and mac2 when there is a cookie that is still good.</summary>
    /// <param name="message">A whole initiation or response, both macs zero.</param>
    public void AddMacs(Span<byte> message)
    {
        var mac1 = message[^(2 * MessageLayout.MacSize)..^MessageLayout.MacSize];
        Span<byte> mac1Key = stackalloc byte[Blake2s.HashSize];
        MacLabels.Mac1Key(mac1Key, _peerPublicKey);
        Blake2s.Mac(mac1, mac1Key, message[..^(2 * MessageLayout.MacSize)]);
        _lastMac1 = mac1.ToArray();
        if (_cookie is not null && _time.GetElapsedTime(_cookieSetAt) <= ProtocolTimes.CookieRefresh)
        {
            Blake2s.Mac(message[^MessageLayout.MacSize..], _cookie, message[..^MessageLayout.MacSize]);
        }
    }

    /// <summary>Takes the cookie of a reply to the last message.</summary>
    /// <returns>False when it is not authentic or answers nothing that was sent.</returns>
    public bool TryConsume(CookieReply reply)
    {
        if (_lastMac1 is null)
        {
            return false;
        }

        // Made anew each time: a cookie is rare, and a key that waits in guarded memory for each of 10,000 peers is not.
        using var key = MacLabels.CookieKey(_peerPublicKey);
        Span<byte> cookie = stackalloc byte[MessageLayout.MacSize];
        if (!AeadAlgorithm.XChaCha20Poly1305.Decrypt(key, reply.Nonce, _lastMac1, reply.EncryptedCookie, cookie))
        {
            return false;
        }

        // One reply answers a message: the same one again is not worth a decryption.
        _lastMac1 = null;
        _cookie = cookie.ToArray();
        _cookieSetAt = _time.GetTimestamp();
        return true;
    }
}
