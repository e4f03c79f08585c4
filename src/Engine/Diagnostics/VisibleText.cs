using System.Globalization;
using System.Text;

namespace Culvert.Engine.Diagnostics;

/// <summary>
/// Makes text from files, sockets and other programs safe to print: control characters (a terminal obeys them), line separators and invisible
/// characters (bidirectional controls, zero-width ones, tags) are shown as <c>\u001b</c>. Thread-safe.
/// </summary>
internal static class VisibleText
{
    /// <summary>Escapes text of several lines: line feeds, with a carriage return before them, and tabs are kept.</summary>
    public static string Escape(string text) => Escape(text, keepLines: true);

    /// <summary>Escapes text that must stay on one line.</summary>
    public static string EscapeLine(string text) => Escape(text, keepLines: false);

    private static string Escape(string text, bool keepLines)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var isLineEnd = keepLines && (rest[0] is '\n' or '\t' || rest.StartsWith("\r\n"));
            var status = Rune.DecodeFromUtf16(rest, out var rune, out var length);
            if (isLineEnd || status != System.Buffers.OperationStatus.Done || IsVisible(rune))
            {
                result.Append(rest[..length]);
            }
            else
            {
                result.Append(rune.IsBmp ? $"\\u{rune.Value:x4}" : $"\\U{rune.Value:x8}");
            }

            rest = rest[length..];
        }

        return result.ToString();
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
