using System.Buffers.Text;
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
        return text.Length == TextLength && Convert.TryFromBase64Chars(text, key, out var written) && written == KeySize;
    }

    /// <summary>Reads a key from the bytes of a file, so that no string of it is left in memory.</summary>
    /// <returns>False when it is not the base64 form of exactly 32 bytes.</returns>
    public static bool TryDecodeFile(ReadOnlySpan<byte> file, Span<byte> key)
    {
        var text = file.TrimEnd("\r\n\t "u8).TrimStart(" \t"u8);
        return text.Length == TextLength && Ascii.IsValid(text)
            && Base64.DecodeFromUtf8(text, key, out var consumed, out var written) == System.Buffers.OperationStatus.Done
            && consumed == TextLength && written == KeySize;
    }
}
