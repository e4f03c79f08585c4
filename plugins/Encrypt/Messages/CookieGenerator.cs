using Culvert.Plugins.Encrypt.Noise;
using NSec.Cryptography;

namespace Culvert.Plugins.Encrypt.Messages;

/// <summary>
/// The sender's side of mac1, mac2 and cookies, one for each peer: remembers the last mac1 and the cookie that the peer sent for it, for
/// two minutes. Used on the service thread only.
/// </summary>
internal sealed class CookieGenerator
{
    private readonly TimeProvider _time;
    private readonly byte[] _peerPublicKey;
    private readonly byte[] _mac1Key = new byte[Blake2s.HashSize];
    private readonly byte[] _lastMac1 = new byte[MessageLayout.MacSize];
    private readonly byte[] _cookie = new byte[MessageLayout.MacSize];
    private bool _hasMac1;
    private bool _hasCookie;
    private long _cookieSetAt;

    /// <summary>Makes the generator for messages to a peer.</summary>
    public CookieGenerator(byte[] peerPublicKey, TimeProvider time)
    {
        _time = time;
        _peerPublicKey = peerPublicKey;
        MacLabels.Mac1Key(_mac1Key, peerPublicKey);
    }

    /// <summary>Writes mac1, and mac2 when there is a cookie that is still good.</summary>
    /// <param name="message">A whole initiation or response, both macs zero.</param>
    public void AddMacs(Span<byte> message)
    {
        var mac1 = message[^(2 * MessageLayout.MacSize)..^MessageLayout.MacSize];
        Blake2s.Mac(mac1, _mac1Key, message[..^(2 * MessageLayout.MacSize)]);
        mac1.CopyTo(_lastMac1);
        _hasMac1 = true;
        if (_hasCookie && _time.GetElapsedTime(_cookieSetAt) <= ProtocolTimes.CookieRefresh)
        {
            Blake2s.Mac(message[^MessageLayout.MacSize..], _cookie, message[..^MessageLayout.MacSize]);
        }
    }

    /// <summary>Takes the cookie of a reply to the last message.</summary>
    /// <returns>False when it is not authentic or answers nothing that was sent.</returns>
    public bool TryConsume(CookieReply reply)
    {
        if (!_hasMac1)
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

        cookie.CopyTo(_cookie);
        _cookieSetAt = _time.GetTimestamp();
        _hasCookie = true;
        return true;
    }
}
