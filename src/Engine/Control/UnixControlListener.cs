using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Culvert.Engine.Control;

/// <summary>A Unix socket that only its user may open.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixControlListener : IControlListener
{
    private const int Backlog = 16;

    private readonly string _path;
    private readonly Socket _socket;

    /// <summary>Listens; the folder is made as needed.</summary>
    /// <exception cref="IOException">Another running pipeline has the place, or the system refuses.</exception>
    public UnixControlListener(string path)
    {
        _path = path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        RemoveLeftBehind(path);
        _socket = NewSocket();
        try
        {
            _socket.Bind(new UnixDomainSocketEndPoint(path));
            // Before Listen: nobody can connect before the mode is set.
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            _socket.Listen(Backlog);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects as a client.</summary>
    public static async Task<Stream> ConnectAsync(string path, CancellationToken cancel)
    {
        var socket = NewSocket();
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            socket.Dispose();
            // The base library calls a missing path an address that cannot be assigned.
            throw new IOException(File.Exists(path) ? error.Message : "there is no such socket", error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask<Stream> AcceptAsync(CancellationToken cancel) =>
        new NetworkStream(await _socket.AcceptAsync(cancel), ownsSocket: true);

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(_path);
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>A socket's file outlives a process that was killed; one that still answers is another pipeline's.</summary>
    private static void RemoveLeftBehind(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var probe = NewSocket();
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
            return;
        }

        throw new IOException("another running pipeline has it");
    }
}
