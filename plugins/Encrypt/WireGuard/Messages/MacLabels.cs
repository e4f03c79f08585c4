using Culvert.Plugins.Encrypt.WireGuard.Noise;
using NSec.Cryptography;

namespace Culvert.Plugins.Encrypt.WireGuard.Messages;

/// <summary>The fixed strings of WireGuard (its paper, section 5.4) and the keys made of them.</summary>
internal static class MacLabels
{
    /// <summary>IDENTIFIER: the handshake's prologue.</summary>
    public static ReadOnlySpan<byte> Identifier => "WireGuard v1 zx2c4 Jason@zx2c4.com"u8;

    private static ReadOnlySpan<byte> LabelMac1 => "mac1----"u8;

    private static ReadOnlySpan<byte> LabelCookie => "cookie--"u8;

    /// <summary>The key of mac1 for messages to that public key: 32 bytes.</summary>
    public static void Mac1Key(Span<byte> destination, ReadOnlySpan<byte> publicKey) =>
        Blake2s.Hash(destination, LabelMac1, publicKey);

    /// <summary>The key that encrypts cookies from the owner of that public key.</summary>
    public static Key CookieKey(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> bytes = stackalloc byte[Blake2s.HashSize];
        Blake2s.Hash(bytes, LabelCookie, publicKey);
        return Key.Import(AeadAlgorithm.XChaCha20Poly1305, bytes, KeyBlobFormat.RawSymmetricKey);
    }
}
