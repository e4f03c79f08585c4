using System.Net;
using System.Net.Sockets;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>Many TCP connections through a tunnel at once, each of which sends the same bytes in two halves.</summary>
internal sealed class ManyConnections : IDisposable
{
    private const int Half = 40_000;
    private const int Port = 8000;

    private readonly Socket _listener;
    private readonly List<Socket> _clients = [];
    private readonly List<Socket> _accepted = [];
    private readonly List<Task<bool>> _readers = [];

    /// <summary>Opens them.</summary>
    public ManyConnections(NetworkNamespace from, NetworkNamespace to, string address, int count)
    {
        _listener = to.Invoke(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        _listener.Bind(new IPEndPoint(IPAddress.Any, Port));
        _listener.Listen(count);
        for (var i = 0; i < count; i++)
        {
            var client = from.Invoke(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            _clients.Add(client);
            client.Connect(new IPEndPoint(IPAddress.Parse(address), Port));
            var accepted = _listener.Accept();
            _accepted.Add(accepted);
            _readers.Add(ReadAll(accepted));
        }
    }

    /// <summary>Sends one half on every connection, 8 kB at a time in turn; returns when all is handed to the system.</summary>
    public async Task SendHalf() => await Task.WhenAll(_clients.Select(async client =>
    {
        var part = new byte[8_000];
        for (var sent = 0; sent < Half; sent += part.Length)
        {
            await client.SendAsync(part);
            await Task.Delay(100);
        }
    }));

    /// <summary>Closes the sending sides and counts the connections on which everything arrived.</summary>
    public async Task<int> Complete(TimeSpan limit)
    {
        _clients.ForEach(client => client.Shutdown(SocketShutdown.Send));
        await Task.WhenAny(Task.WhenAll(_readers), Task.Delay(limit));
        return _readers.Count(reader => reader.IsCompletedSuccessfully && reader.Result);
    }

    public void Dispose()
    {
        foreach (var socket in _clients.Concat(_accepted).Append(_listener))
        {
            socket.Dispose();
        }
    }

    private static async Task<bool> ReadAll(Socket socket)
    {
        var buffer = new byte[65_536];
        var total = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var read)
            {
                total += read;
            }
        }
        catch (SocketException)
        {
            return false;
        }

        return total == 2 * Half;
    }
}
