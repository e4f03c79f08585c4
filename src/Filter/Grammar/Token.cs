namespace Culvert.Filtering.Grammar;

/// <summary>A word, a symbol, or the end of an expression.</summary>
/// <param name="Text">As written; empty at the end.</param>
/// <param name="Position">The index of its first character.</param>
/// <param name="IsWord">Whether the token is a word: a keyword, a name, a number, an address.</param>
internal readonly record struct Token(string Text, int Position, bool IsWord)
{
    private const int MaxShown = 40;

    public bool IsEnd => Text.Length == 0;

    /// <summary>Whether the token can only be a number, a range or an address.</summary>
    public bool IsNumeric => IsWord && (char.IsAsciiDigit(Text[0]) || Text.Contains(':', StringComparison.Ordinal));

    public FilterError Error(string message, string remedy) =>
        new(Position, Text.Length <= MaxShown ? Text : Text[..MaxShown] + "…", message, remedy);
}
