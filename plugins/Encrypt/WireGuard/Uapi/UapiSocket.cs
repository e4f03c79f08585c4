using Culvert.Endpoints.Clients;

namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>
/// A socket that <c>wg</c> connects to, shared by the tunnels of this process with the same name: a reload creates the next tunnel before
/// the first one closes, and either may be the one that stays. The newest answers. The socket is its owner's alone, as the answers
/// contain keys. Thread-safe.
/// </summary>
internal sealed class UapiSocket
{
    /// <summary>The bounds that docs/reference/limits.md states.</summary>
    public static readonly ClientLimits Limits = new(Places: 8);

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, UapiSocket> Open = [];

    private readonly string _path;
    private readonly List<UapiServer> _servers = [];
    private readonly ClientServer _clients;

    private UapiSocket(string path, UapiServer first)
    {
        _path = path;
        _clients = new ClientServer(path, Listen(path, first.Clients.Refused.Increment), Limits, ServeAsync, first.Clients, first.Logger);
    }

    private UapiServer? Newest
    {
        get { lock (Gate) { return _servers.LastOrDefault(); } }
    }

    /// <summary>Adds a server, which then answers on the path; the first one opens the socket.</summary>
    /// <exception cref="IOException">The socket cannot be opened, or another process serves it.</exception>
    public static UapiSocket Join(string path, UapiServer server)
    {
        lock (Gate)
        {
            if (!Open.TryGetValue(path, out var socket))
            {
                Open[path] = socket = new UapiSocket(path, server);
            }

            socket._servers.Add(server);
            return socket;
        }
    }

    /// <summary>Removes a server; the last one closes the socket and deletes its file.</summary>
    public void Leave(UapiServer server)
    {
        lock (Gate)
        {
            if (_servers.Remove(server) && _servers.Count == 0)
            {
                Open.Remove(_path);
                _clients.Close();
            }
        }
    }

    private static UnixSocketFile Listen(string path, Action refused) =>
        OperatingSystem.IsWindows() ? throw new IOException("Windows has no such sockets") : new UnixSocketFile(path, refused);

    private Task ServeAsync(Client client) => new UapiConnection(client, () => Newest).ServeAsync();
}
