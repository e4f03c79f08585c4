namespace Culvert.Stages;

/// <summary>A device or socket is gone for good while the pipeline runs. The host closes the pipeline gracefully with exit code 1.</summary>
public sealed class EndpointLostException : Exception
{
    /// <summary>Initializes a new instance.</summary>
    /// <param name="message">Which device, and what the system said.</param>
    /// <param name="inner">The system's own error, if any.</param>
    public EndpointLostException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
