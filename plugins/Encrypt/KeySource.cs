using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt;

/// <summary>Reads a key from its file or from the options.</summary>
internal static class KeySource
{
    /// <summary>Reads a key.</summary>
    /// <param name="file">The file, or null.</param>
    /// <param name="inline">The key in the options, or null.</param>
    /// <param name="error">The error, without a byte of the key; null for none, also when no key is given.</param>
    /// <returns>The key, which the caller disposes; null for none.</returns>
    public static SecretBytes? Read(SecretFile? file, InlineKey? inline, out string? error)
    {
        error = null;
        if (file is null)
        {
            return inline is null ? null : new SecretBytes(inline.Bytes);
        }

        if (!file.TryReadContent(out var content, out error))
        {
            return null;
        }

        var key = new SecretBytes(KeyText.KeySize);
        var valid = KeyText.TryDecodeFile(content, key.Span);
        Array.Clear(content);
        if (valid)
        {
            return key;
        }

        key.Dispose();
        error = $"'{file}' does not contain the base64 form of 32 bytes";
        return null;
    }
}
