namespace Culvert.Engine.Control;

/// <summary>Accepts the clients of a running pipeline; one implementation for each system.</summary>
internal interface IControlListener : IDisposable
{
    /// <summary>Waits for the next client.</summary>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The connection; it belongs to the caller.</returns>
    ValueTask<Stream> AcceptAsync(CancellationToken cancel);
}
