using System.Buffers.Binary;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using NSec.Cryptography;

namespace Culvert.Plugins.Encrypt.WireGuard.Messages;

/// <summary>
/// The responder's side of mac1, mac2 and cookies (WireGuard paper, sections 5.3, 5.4.4 and 5.4.7). The cookie secret is new every two
/// minutes. Compares in constant time. Used on the service thread only.
/// </summary>
internal sealed class CookieChecker : IDisposable
{
    private const int AddressAndPortSize = 16 + 2;

    private readonly TimeProvider _time;
    private readonly KeyedMac _mac1;
    private readonly Key _cookieKey;
    private KeyedMac? _cookies;
    private long _secretSetAt;

    /// <summary>Creates the checker for an identity.</summary>
    public CookieChecker(ReadOnlySpan<byte> publicKey, TimeProvider time)
    {
        _time = time;
        Span<byte> mac1Key = stackalloc byte[Blake2s.HashSize];
        MacLabels.Mac1Key(mac1Key, publicKey);
        _mac1 = new KeyedMac(mac1Key);
        _cookieKey = MacLabels.CookieKey(publicKey);
    }

    /// <summary>Whether mac1 proves that the sender knows this end's public key.</summary>
    /// <param name="message">A whole initiation or response.</param>
    public bool CheckMac1(ReadOnlySpan<byte> message)
    {
        Span<byte> mac = stackalloc byte[Blake2s.MacSize];
        _mac1.Compute(mac, message[..^(2 * MessageLayout.MacSize)]);
        return Secrets.AreEqual(mac, Mac1(message));
    }

    /// <summary>Whether mac2 proves that the sender received a cookie of this end at that address.</summary>
    public bool CheckMac2(ReadOnlySpan<byte> message, DatagramEndpoint source)
    {
        if (_cookies is null || !MessageLayout.ClaimsCookie(message)
            || _time.GetElapsedTime(_secretSetAt) > ProtocolTimes.CookieRefresh)
        {
            return false;
        }

        Span<byte> cookie = stackalloc byte[Blake2s.MacSize];
        Span<byte> mac = stackalloc byte[Blake2s.MacSize];
        MakeCookie(cookie, source);
        Blake2s.Mac(mac, cookie, message[..^MessageLayout.MacSize]);
        return Secrets.AreEqual(mac, message[^MessageLayout.MacSize..]);
    }

    /// <summary>Writes the cookie reply to a message whose mac1 is right.</summary>
    /// <param name="reply">64 bytes.</param>
    /// <param name="message">What is answered.</param>
    /// <param name="source">Where it came from.</param>
    public void WriteReply(Span<byte> reply, ReadOnlySpan<byte> message, DatagramEndpoint source)
    {
        if (_cookies is null || _time.GetElapsedTime(_secretSetAt) > ProtocolTimes.CookieRefresh)
        {
            using var secret = new SecretBytes(Blake2s.HashSize);
            Secrets.FillRandom(secret.Span);
            _cookies?.Dispose();
            _cookies = new KeyedMac(secret.Span);
            _secretSetAt = _time.GetTimestamp();
        }

        Span<byte> cookie = stackalloc byte[Blake2s.MacSize];
        MakeCookie(cookie, source);
        var view = new CookieReply(reply);
        view.Start(MessageLayout.Sender(message));
        Secrets.FillRandom(view.Nonce);
        AeadAlgorithm.XChaCha20Poly1305.Encrypt(_cookieKey, view.Nonce, Mac1(message), cookie, view.EncryptedCookie);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cookies?.Dispose();
        _cookieKey.Dispose();
        _mac1.Dispose();
    }

    private static ReadOnlySpan<byte> Mac1(ReadOnlySpan<byte> message) =>
        message[^(2 * MessageLayout.MacSize)..^MessageLayout.MacSize];

    private void MakeCookie(Span<byte> cookie, DatagramEndpoint source)
    {
        Span<byte> bytes = stackalloc byte[AddressAndPortSize];
        var length = source.WriteAddress(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[length..], (ushort)source.Port);
        _cookies!.Compute(cookie, bytes[..(length + 2)]);
    }
}
