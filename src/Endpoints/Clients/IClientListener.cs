namespace Culvert.Endpoints.Clients;

/// <summary>Accepts clients of a <see cref="ClientServer"/>.</summary>
public interface IClientListener : IDisposable
{
    /// <summary>Waits for the next client.</summary>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The connection, which belongs to the caller.</returns>
    /// <exception cref="IOException">No client can be accepted now, for example because the process has no descriptor left.</exception>
    ValueTask<Stream> AcceptAsync(CancellationToken cancel);
}
