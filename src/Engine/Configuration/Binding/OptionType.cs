using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;
using Culvert.Options;

namespace Culvert.Engine.Configuration.Binding;

/// <summary>A type of value that an option can have: how it is read, how it is described. Immutable, thread-safe.</summary>
internal abstract class OptionType
{
    private protected OptionType()
    {
    }

    /// <summary>The expected form, for messages: <c>"an integer"</c>.</summary>
    public abstract string Expected { get; }

    /// <summary>The words in which the one value of a closed set is written; empty for an open set.</summary>
    public virtual IReadOnlyList<string> Words => [];

    /// <summary>The JSON Schema of what may be written.</summary>
    public abstract JsonObject JsonSchema();

    /// <summary>Reads a value, or reports why it cannot.</summary>
    /// <param name="node">What the file has; not null in the YAML sense.</param>
    /// <param name="place">The key, for messages.</param>
    /// <param name="diagnostics">Where mistakes go.</param>
    /// <returns>The value; null when it was reported.</returns>
    internal abstract object? Read(FileNode node, KeyPlace place, DiagnosticBag diagnostics);

    /// <summary>Returns a value as the file has it; null where the form is unknown.</summary>
    internal abstract string? Write(object value);

    private protected object? Report(FileNode node, KeyPlace place, DiagnosticBag diagnostics, string? error = null)
    {
        var what = place.IsSecret ? "a value that cannot be used (not shown)" : node.Describe();

        // The words of an option type may quote a part of a value that was a key.
        if (error is null || place.IsSecret || node.Scalar is { } written && SecretMask.Masks(written))
        {
            var nearest = node.Scalar is { } word ? Suggestion.Nearest(word, Words) : null;
            var remedy = nearest is not null && !place.IsSecret ? $"did you mean '{nearest}'?" : $"write {Expected}";
            diagnostics.Add(DiagnosticCodes.WrongType, node.Position, $"'{place.Path}' is {what}", remedy);
            return null;
        }

        // An option type may end its words with a remedy of its own.
        var split = error.LastIndexOf("; ", StringComparison.Ordinal);
        var (message, ownRemedy) = split < 0 ? (error, $"write {Expected}") : (error[..split], error[(split + 2)..]);
        diagnostics.Add(DiagnosticCodes.WrongType, node.Position, $"'{place.Path}' is {what}: {message}", ownRemedy);
        return null;
    }
}
