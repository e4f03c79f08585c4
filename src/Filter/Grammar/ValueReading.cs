using Culvert.Filtering.Conditions;

namespace Culvert.Filtering.Grammar;

/// <summary>A value that was read: its canonical text and what it demands of a packet; or an error.</summary>
internal readonly record struct ValueReading(string Text, Node? Condition, FilterError? Error)
{
    public static ValueReading Of(string text, Node condition) => new(text, condition, null);

    public static ValueReading Failed(Token value, string message, string remedy) => new("", null, value.Error(message, remedy));
}
