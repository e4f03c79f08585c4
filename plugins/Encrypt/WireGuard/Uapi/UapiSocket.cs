using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>
/// A socket that <c>wg</c> connects to, shared by the tunnels of this process with the same name: a reload creates the next tunnel before
/// the first one closes, and either may be the one that stays. The newest answers. The socket is its owner's alone, as the answers
/// contain keys. Thread-safe.
/// </summary>
internal sealed class UapiSocket
{
    private const int MaxConnections = 8;

    private static readonly TimeSpan AcceptPause = TimeSpan.FromSeconds(1);
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, UapiSocket> Open = [];

    private readonly string _path;
    private readonly Socket _listener;
    private readonly List<UapiServer> _servers = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _places = new(MaxConnections);

    private UapiSocket(string path)
    {
        _path = path;
        _listener = Bind(path);
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
            var isNew = !Open.TryGetValue(path, out var socket);
            socket ??= new UapiSocket(path);
            socket._servers.Add(server);
            Open[path] = socket;
            if (isNew)
            {
                _ = socket.AcceptAsync(server.Logger);
            }

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
                _stopping.Cancel();
                _listener.Dispose();
                File.Delete(_path);
            }
        }
    }

    private static Socket Bind(string path)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (OperatingSystem.IsWindows())
        {
            throw new IOException("Windows has no such sockets");
        }

        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute);
            if (IsServed(path))
            {
                throw new IOException("another process serves it");
            }

            // Bound under another name and moved: the mode is right before anybody can see the socket.
            var unseen = path + ".new";
            File.Delete(unseen);
            listener.Bind(new UnixDomainSocketEndPoint(unseen));
            File.SetUnixFileMode(unseen, OwnerOnly);
            listener.Listen(MaxConnections);
            File.Move(unseen, path, overwrite: true);
            return listener;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SocketException)
        {
            listener.Dispose();
            throw new IOException(error.Message, error);
        }
    }

    private static bool IsServed(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task AcceptAsync(ILogger logger)
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                await _places.WaitAsync(_stopping.Token).ConfigureAwait(false);
                _ = ServeAsync(await AcceptOneAsync(logger).ConfigureAwait(false));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The last tunnel has left.
        }
    }

    private async Task<Socket> AcceptOneAsync(ILogger logger)
    {
        while (true)
        {
            try
            {
                return await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (SocketException error) when (!_stopping.IsCancellationRequested)
            {
                UapiLog.AcceptFailed(logger, _path, error.Message);
                await Task.Delay(AcceptPause, _stopping.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            using (connection)
            {
                await new UapiConnection(connection, () => Newest).ServeAsync(_stopping.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            _places.Release();
        }
    }
}
