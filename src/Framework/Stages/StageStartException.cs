namespace Culvert.Stages;

/// <summary>
/// A stage cannot start: the port is in use, the device node is missing, rights lack. Thrown by a stage's constructor; the host closes
/// what was opened and shows the message to a person without a stack trace.
/// </summary>
public sealed class StageStartException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What went wrong, with the value.</param>
    /// <param name="remedy">What to do about it, as an imperative.</param>
    /// <param name="inner">The system's own error, if any.</param>
    public StageStartException(string message, string remedy, Exception? inner = null)
        : base(message, inner) => Remedy = remedy;

    /// <summary>What to do about it.</summary>
    public string Remedy { get; }
}
