namespace Culvert.Endpoints.Clients;

/// <summary>What all clients of a server together may take.</summary>
/// <param name="Places">The most clients with a request at once.</param>
/// <param name="Streams">The most clients with a stream, which do not count as <paramref name="Places"/>.</param>
public sealed record ClientLimits(int Places, int Streams = 0)
{
    /// <summary>How long a client may take to send a whole request, and to receive a whole answer.</summary>
    public TimeSpan RequestTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the client of a stream may leave a message unread.</summary>
    public TimeSpan StreamTime { get; init; } = TimeSpan.FromSeconds(60);
}
