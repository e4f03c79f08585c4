using System.Diagnostics.CodeAnalysis;

namespace Culvert.Options;

/// <summary>
/// A type of option that reads itself from the file: for values with several spellings, such as <c>mss: auto</c>, <c>mss: 1360</c> and
/// <c>mss: {ipv4: 1360, ipv6: 1340}</c>.
/// </summary>
/// <typeparam name="T">The type itself.</typeparam>
public interface IOptionValue<T>
    where T : IOptionValue<T>
{
    /// <summary>The expected form, for messages and help: <c>"auto, a number, or {ipv4: …, ipv6: …}"</c>.</summary>
    static abstract string Expected { get; }

    /// <summary>The JSON Schema of what may be written, as JSON text.</summary>
    static abstract string JsonSchema { get; }

    /// <summary>Reads a value.</summary>
    /// <param name="node">What the file has.</param>
    /// <param name="value">The value, when true is returned.</param>
    /// <param name="error">
    /// What is wrong in a few words, or null to have the host say "expected …, found …". No secret.
    /// </param>
    static abstract bool TryRead(OptionNode node, [NotNullWhen(true)] out T? value, out string? error);
}
