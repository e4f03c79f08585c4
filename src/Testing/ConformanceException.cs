namespace Culvert.Testing;

/// <summary>A stage broke one of the <see cref="ConformanceLaws"/>; the message says which, and with what packet.</summary>
public sealed class ConformanceException : Exception
{
    /// <summary>Initializes a new instance.</summary>
    public ConformanceException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
