using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Culvert.Host.Output;

/// <summary>X25519 keys (RFC 7748) as WireGuard's tools write them: 32 bytes in base64, one line.</summary>
internal static class X25519Text
{
    private const int KeySize = 32;
    private const int TextLength = 44;

    /// <summary>Creates a private key.</summary>
    /// <param name="publicKey">Its public key, in base64.</param>
    /// <returns>The private key's text.</returns>
    public static string New(out string publicKey)
    {
        using var key = Key.Create(
            KeyAgreementAlgorithm.X25519, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport });
        publicKey = Public(key);
        return Private(key);
    }

    /// <summary>A private key's text, clamped as <c>wg genkey</c> does, so that both tools print the same for one key.</summary>
    private static string Private(Key key)
    {
        var bytes = key.Export(KeyBlobFormat.RawPrivateKey);
        try
        {
            // RFC 7748 section 5, decodeScalar25519.
            bytes[0] &= 248;
            bytes[31] &= 127;
            bytes[31] |= 64;
            return Convert.ToBase64String(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The public key of a private key's text.</summary>
    /// <param name="text">Base64, white space around it allowed.</param>
    /// <param name="publicKey">Base64.</param>
    /// <returns>False when the text is not 32 bytes in base64.</returns>
    public static bool TryGetPublic(string text, [NotNullWhen(true)] out string? publicKey)
    {
        publicKey = null;
        var bytes = new byte[KeySize];
        try
        {
            // As strict as the tunnel and WireGuard's tools: one line of 44 characters, and no bits that are left over.
            if (text.Trim() is not { Length: TextLength } line
                || Base64.DecodeFromUtf8(Encoding.UTF8.GetBytes(line), bytes, out _, out var written) != OperationStatus.Done || written != KeySize)
            {
                return false;
            }

            using var key = Key.Import(KeyAgreementAlgorithm.X25519, bytes, KeyBlobFormat.RawPrivateKey);
            publicKey = Public(key);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static string Public(Key key) => Convert.ToBase64String(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
}
