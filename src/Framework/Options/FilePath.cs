using System.Diagnostics.CodeAnalysis;

namespace Culvert.Options;

/// <summary>A path in pipeline.yaml. A relative one counts from the folder of the file that it is written in.</summary>
/// <param name="Text">As written.</param>
/// <param name="Full">The absolute path.</param>
public sealed record FilePath(string Text, string Full) : IOptionValue<FilePath>, INamesFiles
{
    /// <inheritdoc/>
    public static string Expected => "a path";

    /// <inheritdoc/>
    public static string JsonSchema => """{"type":"string","minLength":1}""";

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out FilePath? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        // A double-quoted scalar may have a NUL in it, which no system's paths have.
        error = node.Scalar?.Contains('\0', StringComparison.Ordinal) == true ? "a path has no NUL character; remove it" : null;
        value = string.IsNullOrEmpty(node.Scalar) || error is not null
            ? null
            : new FilePath(node.Scalar, Path.GetFullPath(node.Scalar, node.BaseDirectory));
        return value is not null;
    }

    IEnumerable<FilePath> INamesFiles.Files => [this];

    /// <summary>The path as written.</summary>
    public override string ToString() => Text;
}
