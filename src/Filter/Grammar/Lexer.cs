using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Culvert.Filtering.Grammar;

/// <summary>Splits an expression into words and symbols.</summary>
internal static class Lexer
{
    // Longest first, so that '&' does not hide '&&'.
    private static readonly string[] Symbols =
        ["&&", "||", "!=", "==", "<=", ">=", "(", ")", "{", "}", "[", "]", ",", "!", "&", "|", "+", "=", "<", ">"];

    /// <summary>Splits an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="tokens">The tokens, the last one being the end.</param>
    /// <param name="error">Set for a character that no token has.</param>
    public static bool TrySplit(string text, out List<Token> tokens, [NotNullWhen(false)] out FilterError? error)
    {
        error = null;
        tokens = [];
        var next = 0;
        while (next < text.Length)
        {
            if (char.IsWhiteSpace(text[next]))
            {
                next++;
                continue;
            }

            var token = ReadAt(text, next);
            if (token.IsEnd)
            {
                error = new FilterError(next, Shown(text, next), "unexpected character", "remove the character");
                return false;
            }

            tokens.Add(token);
            next += token.Text.Length;
        }

        tokens.Add(new Token("", text.Length, IsWord: false));
        return true;
    }

    private static Token ReadAt(string text, int start)
    {
        if (Array.Find(Symbols, symbol => string.CompareOrdinal(text, start, symbol, 0, symbol.Length) == 0) is { } found)
        {
            return new Token(found, start, IsWord: false);
        }

        var end = start;
        while (end < text.Length && IsWordCharacter(text[end]))
        {
            end++;
        }

        return new Token(text[start..end], start, IsWord: true);
    }

    // '\' because tcpdump wants it before a protocol's name: proto \tcp.
    private static bool IsWordCharacter(char character) => char.IsLetterOrDigit(character) || character is '.' or ':' or '/' or '-' or '_' or '\\';

    // What a terminal does not print as one visible character is escaped.
    private static string Shown(string text, int index) =>
        char.IsPunctuation(text, index) || char.IsSymbol(text, index)
            ? text.Substring(index, char.IsHighSurrogate(text[index]) ? 2 : 1)
            : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[index]:X4}");
}
