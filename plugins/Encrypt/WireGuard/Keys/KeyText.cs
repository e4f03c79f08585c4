using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Plugins.Encrypt.WireGuard.Keys;

/// <summary>Keys as text: base64 of 32 bytes, one line, as WireGuard's tools write them.</summary>
internal static class KeyText
{
    /// <summary>Bytes of any key.</summary>
    public const int KeySize = 32;

    private const int TextLength = 44;

    /// <summary>Reads a key; white space around it does not matter.</summary>
    /// <param name="text">The content of a file or an option.</param>
    /// <param name="key">32 bytes; the caller wipes them.</param>
    /// <returns>False when it is not the base64 form of exactly 32 bytes.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> key)
    {
        text = text.Trim();
        Span<byte> bytes = stackalloc byte[TextLength];
        try
        {
            return text.Length == TextLength && Ascii.FromUtf16(text, bytes, out _) == OperationStatus.Done && TryDecode(bytes, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Reads a key from the bytes of a file, so that no string of it is left in memory.</summary>
    /// <returns>False when it is not the base64 form of exactly 32 bytes.</returns>
    public static bool TryDecodeFile(ReadOnlySpan<byte> file, Span<byte> key)
    {
        var text = file.Trim("\r\n\t "u8);
        return text.Length == TextLength && TryDecode(text, key);
    }

    // Strict, as WireGuard's tools: no blanks inside, and of the last group no bits that are left over.
    private static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> key) =>
        Base64.DecodeFromUtf8(text, key, out var consumed, out var written) == OperationStatus.Done && consumed == TextLength && written == KeySize;
}
