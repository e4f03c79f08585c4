namespace Culvert.Options;

/// <summary>
/// Describes one key of a stage in pipeline.yaml. The key is the property's name in kebab case (<c>PathMtu</c> → <c>path-mtu</c>). The
/// description, the default (what a newly made record holds) and the range are what <c>culvert stages</c>, the JSON Schema and the
/// diagnostics print. A property that is <c>required</c> in C# is required in the file.
/// </summary>
/// <param name="description">One sentence: meaning, unit, special values.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute(string description) : Attribute
{
    /// <summary>Meaning, unit, special values.</summary>
    public string Description { get; } = description;

    /// <summary>The least number, duration in seconds, or size in bytes; NaN for none.</summary>
    public double Min { get; init; } = double.NaN;

    /// <summary>The greatest number, duration in seconds, or size in bytes; NaN for none.</summary>
    public double Max { get; init; } = double.NaN;

    /// <summary>The human-readable default, where the record's own value does not show it (<c>"auto"</c>).</summary>
    public string? Default { get; init; }

    /// <summary>An example value, as written in YAML.</summary>
    public string? Example { get; init; }

    /// <summary>
    /// For a <see cref="FilePath"/> of a stage's own record: the list property of the same record that the folder adds to. The host reads every
    /// <c>.yaml</c> file in it, each with one item or a list of them, whenever it reads the file.
    /// </summary>
    public string? AddsTo { get; init; }

    /// <summary>True for a key whose value is never printed, logged or shown in a diagnostic.</summary>
    public bool Secret { get; init; }
}
