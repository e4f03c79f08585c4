namespace Culvert.Stages;

/// <summary>
/// A stage cannot start: the port is in use, the device node is missing, permission is denied. Thrown by a stage's constructor; the host closes
/// what was opened and shows the message without a stack trace.
/// </summary>
public sealed class StageStartException : Exception
{
    /// <summary>Initializes a new instance.</summary>
    /// <param name="message">What went wrong, with the value.</param>
    /// <param name="remedy">The remedy, as an imperative.</param>
    /// <param name="inner">The system's own error, if any.</param>
    public StageStartException(string message, string remedy, Exception? inner = null)
        : base(message, inner) => Remedy = remedy;

    /// <summary>The remedy.</summary>
    public string Remedy { get; }
}
