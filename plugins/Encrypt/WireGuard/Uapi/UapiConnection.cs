using System.Text;
using Culvert.Endpoints.Clients;

namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>One connection of a tool: requests and answers until the tool leaves or is silent for too long.</summary>
/// <param name="client">The connection, which the caller closes.</param>
/// <param name="server">The server that answers now; null when the last one has left.</param>
internal sealed class UapiConnection(Client client, Func<UapiServer?> server)
{
    /// <summary>The longest request in bytes: some 100,000 allowed-ips.</summary>
    public const int MaxRequest = 8 * 1024 * 1024;

    /// <summary>Serves the connection.</summary>
    public async Task ServeAsync()
    {
        while (await ServeRequestAsync().ConfigureAwait(false))
        {
            client.AwaitRequest();
        }
    }

    private async Task<bool> ServeRequestAsync()
    {
        using var request = new WipedBuffer();
        using var response = new WipedBuffer();
        var complete = await ReadRequestAsync(request).ConfigureAwait(false);
        if (complete is null || server() is not { } present)
        {
            return false;
        }

        client.BeginAnswer();
        var errno = complete.Value ? await present.HandleAsync(request.Written, response).ConfigureAwait(false) : UapiErrno.Io;
        // A negative number, as the kernel returns errors; tools take it so.
        Encoding.ASCII.GetBytes($"errno={-(int)errno}\n\n", response);
        await client.WriteAsync(response.Written).ConfigureAwait(false);
        return complete.Value;
    }

    /// <summary>Reads up to the empty line that ends a request. Null at the end of the stream, false when it is too long.</summary>
    private async Task<bool?> ReadRequestAsync(WipedBuffer request)
    {
        while (!request.Written.Span.EndsWith("\n\n"u8))
        {
            if (request.Written.Length > MaxRequest)
            {
                return false;
            }

            var count = await client.ReadAsync(request.GetMemory()).ConfigureAwait(false);
            if (count == 0)
            {
                return null;
            }

            request.Advance(count);
        }

        return true;
    }
}
