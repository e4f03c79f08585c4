using System.Diagnostics.CodeAnalysis;
using Culvert.Options;

namespace TroublePlugin;

/// <summary>Options whose every member can misbehave.</summary>
public sealed record TroubleOptions : INamesFiles
{
    private readonly int _version;

    public TroubleOptions() => Trouble.At("the constructor of");

    [Option("Makes the entry another.")]
    public int Version
    {
        get
        {
            Trouble.At("the get accessor of");
            return _version;
        }

        init
        {
            Trouble.At("the init accessor of");
            _version = value;
        }
    }

    [Option("A value that reads itself.")]
    public TroubleValue Value { get; init; } = new("calm");

    IEnumerable<FilePath> INamesFiles.Files
    {
        get
        {
            Trouble.At("Files of");
            return [];
        }
    }
}

public sealed class TroubleValue(string text) : IOptionValue<TroubleValue>
{
    private readonly string _text = text;

    public static string Expected
    {
        get
        {
            Trouble.At("Expected of");
            return "a word";
        }
    }

    public static string JsonSchema => Trouble.IsNonsenseAt("JsonSchema of") ? "no JSON" : """{"type":"string"}""";

    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out TroubleValue? value, out string? error)
    {
        Trouble.At("TryRead of");
        (value, error) = (node.Scalar is { Length: > 0 } text ? new TroubleValue(text) : null, null);
        return value is not null;
    }

    public override bool Equals(object? obj)
    {
        Trouble.At("Equals of");
        return obj is TroubleValue other && other._text == _text;
    }

    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    public override string ToString()
    {
        Trouble.At("ToString of");
        return _text;
    }
}
