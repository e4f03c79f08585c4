using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Org.BouncyCastle.Crypto.Digests;

namespace Culvert.Plugins.Encrypt.WireGuard.Noise;

/// <summary>
/// BLAKE2s (RFC 7693) from BouncyCastle in the forms that Noise and WireGuard use: hash, keyed mac of 16 bytes, HMAC (RFC 2104) and the
/// HKDF of the Noise specification, section 4.3. The digest objects are one set a thread and are overwritten by their next use, so that
/// little of a key outlives a handshake in memory that is not wiped. Thread-safe. Allocates only what a keyed digest needs.
/// </summary>
internal static class Blake2s
{
    /// <summary>HASHLEN: bytes of a hash.</summary>
    public const int HashSize = 32;

    /// <summary>Bytes of a keyed mac.</summary>
    public const int MacSize = 16;

    private const int BlockSize = 64;
    private const byte InnerPad = 0x36;
    private const byte OuterPad = 0x5C;

    [ThreadStatic]
    private static Blake2sDigest? s_digest;

    private static Blake2sDigest Digest => s_digest ??= new Blake2sDigest(HashSize * 8);

    /// <summary>BLAKE2s-256 of two inputs, one after the other, into 32 bytes that may be one of the inputs.</summary>
    public static void Hash(Span<byte> destination, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        var digest = Digest;
        digest.BlockUpdate(first);
        digest.BlockUpdate(second);
        digest.DoFinal(destination);
    }

    /// <summary>Keyed BLAKE2s with 16 bytes of output, for a key that is used once: WireGuard's MAC.</summary>
    /// <param name="destination">16 bytes.</param>
    /// <param name="key">1 to 32 bytes.</param>
    /// <param name="input">What is authenticated.</param>
    public static void Mac(Span<byte> destination, ReadOnlySpan<byte> key, ReadOnlySpan<byte> input)
    {
        using var mac = new KeyedMac(key);
        mac.Compute(destination, input);
    }

    /// <summary>HMAC-BLAKE2s-256 over two inputs.</summary>
    /// <param name="destination">32 bytes.</param>
    /// <param name="key">At most 64 bytes.</param>
    /// <param name="first">The first part of the input.</param>
    /// <param name="second">What follows it.</param>
    public static void Hmac(Span<byte> destination, ReadOnlySpan<byte> key, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        Span<byte> pad = stackalloc byte[BlockSize];
        Span<byte> inner = stackalloc byte[HashSize];
        var digest = Digest;
        FillPad(pad, key, InnerPad);
        digest.BlockUpdate(pad);
        digest.BlockUpdate(first);
        digest.BlockUpdate(second);
        digest.DoFinal(inner);
        FillPad(pad, key, OuterPad);
        Hash(destination, pad, inner);
        Secrets.Wipe(pad);
        Secrets.Wipe(inner);
    }

    /// <summary>The Noise HKDF with two or three outputs.</summary>
    /// <param name="chainingKey">32 bytes; an output may be the same memory.</param>
    /// <param name="input">Key material of any length.</param>
    /// <param name="first">32 bytes.</param>
    /// <param name="second">32 bytes.</param>
    /// <param name="third">32 bytes, or empty for two outputs.</param>
    public static void Hkdf(
        ReadOnlySpan<byte> chainingKey, ReadOnlySpan<byte> input, Span<byte> first, Span<byte> second, Span<byte> third = default)
    {
        Span<byte> extracted = stackalloc byte[HashSize];
        Hmac(extracted, chainingKey, input);
        Hmac(first, extracted, [1]);
        Hmac(second, extracted, first, [2]);
        if (!third.IsEmpty)
        {
            Hmac(third, extracted, second, [3]);
        }

        Secrets.Wipe(extracted);
    }

    private static void FillPad(Span<byte> pad, ReadOnlySpan<byte> key, byte value)
    {
        pad.Fill(value);
        for (var i = 0; i < key.Length; i++)
        {
            pad[i] ^= key[i];
        }
    }
}
