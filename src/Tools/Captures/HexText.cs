using System.Diagnostics.CodeAnalysis;

namespace Culvert.Tools.Captures;

/// <summary>Bytes as people write and paste them: pairs of hexadecimal digits with anything customary between them.</summary>
internal static class HexText
{
    private const string Between = " \t\r\n:,.-_";

    /// <summary>Reads bytes.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="problem">What is wrong, in a few words; null when nothing is.</param>
    public static bool TryRead(string text, out byte[] bytes, [NotNullWhen(false)] out string? problem)
    {
        bytes = [];
        var digits = text.Replace("0x", "", StringComparison.OrdinalIgnoreCase);
        digits = string.Concat(digits.Where(letter => !Between.Contains(letter, StringComparison.Ordinal)));
        var wrong = digits.FirstOrDefault(letter => !char.IsAsciiHexDigit(letter));
        problem = wrong != default ? $"'{wrong}' is no hexadecimal digit"
            : digits.Length == 0 ? "there are no bytes"
            : digits.Length % 2 != 0 ? $"{digits.Length} digits are no whole bytes; a byte has two"
            : null;
        if (problem is not null)
        {
            return false;
        }

        bytes = Convert.FromHexString(digits);
        return true;
    }
}
