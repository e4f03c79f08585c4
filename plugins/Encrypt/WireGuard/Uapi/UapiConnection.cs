using System.Net.Sockets;
using System.Text;

namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>One connection of a tool: requests and answers until the tool leaves or is silent for 30 s.</summary>
/// <param name="connection">The connection, which the caller closes.</param>
/// <param name="server">The server that answers now; null when the last one has left.</param>
internal sealed class UapiConnection(Socket connection, Func<UapiServer?> server)
{
    /// <summary>The longest request in bytes: some 100,000 allowed-ips.</summary>
    public const int MaxRequest = 8 * 1024 * 1024;

    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(30);

    /// <summary>Serves the connection. Does not throw.</summary>
    public async Task ServeAsync(CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        try
        {
            limit.CancelAfter(IdleLimit);
            while (await ServeRequestAsync(limit.Token).ConfigureAwait(false))
            {
                limit.CancelAfter(IdleLimit);
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The tool has left, or sends nothing.
        }
    }

    private async Task<bool> ServeRequestAsync(CancellationToken cancel)
    {
        using var request = new WipedBuffer();
        using var response = new WipedBuffer();
        var complete = await ReadRequestAsync(request, cancel).ConfigureAwait(false);
        if (complete is null || server() is not { } present)
        {
            return false;
        }

        var errno = complete.Value ? await present.HandleAsync(request.Written, response).ConfigureAwait(false) : UapiErrno.Io;
        // A negative number, as the kernel returns errors; tools take it so.
        Encoding.ASCII.GetBytes($"errno={-(int)errno}\n\n", response);
        await connection.SendAsync(response.Written, cancel).ConfigureAwait(false);
        return complete.Value;
    }

    /// <summary>Reads up to the empty line that ends a request. Null at the end of the stream, false when it is too long.</summary>
    private async Task<bool?> ReadRequestAsync(WipedBuffer request, CancellationToken cancel)
    {
        while (!request.Written.Span.EndsWith("\n\n"u8))
        {
            if (request.Written.Length > MaxRequest)
            {
                return false;
            }

            var count = await connection.ReceiveAsync(request.GetMemory(), cancel).ConfigureAwait(false);
            if (count == 0)
            {
                return null;
            }

            request.Advance(count);
        }

        return true;
    }
}
