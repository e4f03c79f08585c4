namespace Culvert.Options;

/// <summary>Collects the findings of a stage's validation. The host adds file, line, column, code, entry and key.</summary>
public abstract class OptionsReport
{
    /// <summary>Reports a mistake that keeps the pipeline from starting.</summary>
    /// <param name="key">
    /// Where: a key, or a path of keys and indexes: <c>"listen"</c>, <c>"peers[1].allowed-ips[0]"</c>; empty for the whole entry.
    /// </param>
    /// <param name="message">
    /// What is wrong, with the value, in a few words; no secret. The host prints the key before it:
    /// <c>'encrypt': peers[1].public-key: not the base64 form of 32 bytes</c>.
    /// </param>
    /// <param name="remedy">What to do, as an imperative.</param>
    public abstract void Error(string key, string message, string remedy);

    /// <summary>Reports a problem that does not stop the pipeline.</summary>
    /// <inheritdoc cref="Error"/>
    public abstract void Warning(string key, string message, string remedy);

    /// <summary>A finding in the words that a user sees, the same in the host and the test kit.</summary>
    /// <param name="id">The entry's id.</param>
    /// <param name="key">The key; empty for the whole entry.</param>
    /// <param name="message">What is wrong.</param>
    internal static string Sentence(string id, string key, string message) => $"'{id}': {(key.Length == 0 ? "" : key + ": ")}{message}";
}
