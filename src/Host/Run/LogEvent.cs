using System.Collections;

namespace Culvert.Host.Run;

/// <summary>
/// What one call of a logger says: its text and its parts. The providers of the log take each call as one of these, whatever the type of its state:
/// code that is generic over that type would be compiled anew for each kind of message.
/// </summary>
/// <param name="text">The message, formatted.</param>
/// <param name="parts">The message's parts.</param>
internal sealed class LogEvent(string text, IReadOnlyList<KeyValuePair<string, object?>> parts) : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <summary>Writes an event as its text.</summary>
    public static readonly Func<LogEvent, Exception?, string> Formatter = (logged, _) => logged.ToString();

    /// <inheritdoc/>
    public int Count => parts.Count;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => parts[index];

    /// <summary>Takes a logger's call.</summary>
    public static LogEvent Of<TState>(TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        state as LogEvent ?? new LogEvent(formatter(state, exception), state as IReadOnlyList<KeyValuePair<string, object?>> ?? []);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => parts.GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => text;

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
