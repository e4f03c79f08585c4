using System.Net.Sockets;

namespace Culvert.Endpoints.Clients;

/// <summary>Accepts clients of a listening socket.</summary>
/// <param name="socket">The socket, which belongs to this object.</param>
public sealed class SocketListener(Socket socket) : IClientListener
{
    /// <inheritdoc/>
    public async ValueTask<Stream> AcceptAsync(CancellationToken cancel)
    {
        try
        {
            return new NetworkStream(await DescriptorReserve.AcceptAsync(socket, cancel).ConfigureAwait(false), ownsSocket: true);
        }
        catch (SocketException error)
        {
            throw new IOException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
