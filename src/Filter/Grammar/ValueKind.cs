using System.Collections.Frozen;
using Culvert.Filtering.Conditions;

namespace Culvert.Filtering.Grammar;

/// <summary>A word that takes a value: <c>host</c>, <c>port</c>, <c>dscp</c>, …</summary>
/// <param name="Word">The word.</param>
/// <param name="Expected">What a value is, for messages.</param>
/// <param name="Names">The names that stand for numbers.</param>
/// <param name="Protocols">The protocols that may precede the word.</param>
/// <param name="HasEnds">Whether <c>src</c> and <c>dst</c> may precede the word.</param>
/// <param name="Read">Reads a value.</param>
internal sealed record ValueKind(
    string Word, string Expected, FrozenDictionary<string, uint> Names, string[] Protocols, bool HasEnds,
    Func<Qualifier, Token, ValueReading> Read)
{
    /// <summary>Whether the value is an address or a prefix, which imply the family.</summary>
    public bool IsAddress => HasEnds && Protocols.Contains("ip");
}

/// <summary>A value that was read: its canonical text and what it demands of a packet; or an error.</summary>
internal readonly record struct ValueReading(string Text, Node? Condition, FilterError? Error)
{
    public static ValueReading Of(string text, Node condition) => new(text, condition, null);

    public static ValueReading Failed(Token value, string message, string remedy) => new("", null, value.Error(message, remedy));
}
