namespace Culvert.Stages;

/// <summary>
/// An endpoint whose source is a file descriptor, so that the host can wait for it. Its <see cref="IPacketEndpoint.Receive"/> then never
/// waits: it adds what is there, perhaps nothing. A batch that it fills may leave packets behind that the descriptor does not report, and it
/// is called again; otherwise whatever is left makes the descriptor readable.
/// <para>Where both endpoints of a pipeline can be polled, one thread serves both directions of a lane.</para>
/// </summary>
public interface IPollableEndpoint : IPacketEndpoint
{
    /// <summary>
    /// The descriptor that <c>poll(2)</c> reports as readable when there is something to receive or an error to report. The same from
    /// construction to disposal. Null where this system has none: then the endpoint waits in Receive, as any other.
    /// </summary>
    int? Descriptor { get; }

    /// <summary>Not called where there is a descriptor.</summary>
    void IPacketEndpoint.Wake()
    {
    }
}
