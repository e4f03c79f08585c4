using System.Net.Sockets;
using System.Runtime.Versioning;
using Culvert.Endpoints.Files;
using Culvert.Endpoints.Interop;

namespace Culvert.Endpoints.Clients;

/// <summary>
/// Listens on a Unix socket that only its user and root may open. It takes over a socket that a killed process left behind, and deletes nothing
/// else. Clients of other users are closed at once.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class UnixSocketFile : IClientListener
{
    /// <summary>The longest path in bytes: a socket's address holds 108 with the zero behind it, and the path is longer at first.</summary>
    public const int MaxPath = 108 - 1 - 4;

    private const string Unseen = ".new";
    private const int Backlog = 64;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly (ulong, ulong) _identity;
    private readonly Socket _socket;
    private readonly SocketListener _listener;
    private readonly Action _refused;

    /// <summary>Listens. A missing directory is created for the owner alone.</summary>
    /// <param name="path">Where.</param>
    /// <param name="refused">Called for each client of another user.</param>
    /// <exception cref="IOException">The path is not a socket or another process serves it, or its directory does not belong to this user alone.</exception>
    public UnixSocketFile(string path, Action refused)
    {
        (_path, _refused) = (path, refused);
        _socket = NewSocket();
        _listener = new SocketListener(_socket);
        try
        {
            PrepareDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            ThrowIfTaken(path);

            // Bound under another name and moved: nobody sees the socket before its mode is right and it answers.
            var unseen = path + Unseen;
            ThrowIfTaken(unseen);
            File.Delete(unseen);
            _socket.Bind(new UnixDomainSocketEndPoint(unseen));
            File.SetUnixFileMode(unseen, OwnerOnly);
            _socket.Listen(Backlog);
            File.Move(unseen, path, overwrite: true);
            _identity = FileFacts.Read(path)?.Identity ?? default;
        }
        catch (Exception error) when (error is SocketException or UnauthorizedAccessException or IOException or ArgumentException)
        {
            _socket.Dispose();
            throw new IOException(error.Message, error);
        }
    }

    /// <summary>Connects as a client.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The connection, and the user who serves it.</returns>
    /// <exception cref="IOException">Nobody serves it.</exception>
    public static async Task<(Stream Stream, uint User)> ConnectAsync(string path, CancellationToken cancel)
    {
        var socket = NewSocket();
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel).ConfigureAwait(false);
            return (new NetworkStream(socket, ownsSocket: true), PeerCredentials.ReadUser(socket));
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

    /// <inheritdoc/>
    public async ValueTask<Stream> AcceptAsync(CancellationToken cancel)
    {
        while (true)
        {
            var stream = (NetworkStream)await _listener.AcceptAsync(cancel).ConfigureAwait(false);
            if (PeerCredentials.ReadUser(stream.Socket) is var user && (user == CurrentUser.Id || user == CurrentUser.Root))
            {
                return stream;
            }

            _refused();
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes the socket, and deletes its file if it is still the one that was created.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        if (FileFacts.Read(_path)?.Identity == _identity)
        {
            File.Delete(_path);
        }
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>A directory that others may write would let them put their own socket in the place of this one.</summary>
    private static void PrepareDirectory(string directory)
    {
        Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        var facts = FileFacts.Read(ResolveLinks(directory));
        // /run/wireguard may be a service's, made for its user alone: root's clients look at who serves a socket, and 'wg' believes the directory anyway.
        if (facts is null || (!CurrentUser.Trusts(facts.Owner) && CurrentUser.Id != CurrentUser.Root))
        {
            throw new IOException($"the directory '{directory}' belongs to another user");
        }

        if (facts is { IsOpenToOthers: true, IsSticky: false })
        {
            throw new IOException($"other users may write the directory '{directory}'; run chmod go-w {directory}");
        }
    }

    private static string ResolveLinks(string directory) => Directory.ResolveLinkTarget(directory, returnFinalTarget: true)?.FullName ?? directory;

    private static void ThrowIfTaken(string path)
    {
        if (FileFacts.Read(path) is not { } facts)
        {
            return;
        }

        if (facts.Kind != FileKind.Socket)
        {
            throw new IOException("the path exists and is not a socket; name another one");
        }

        using var probe = NewSocket();
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // Left behind by a process that was killed.
            return;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            // Gone meanwhile.
            return;
        }

        throw new IOException("another running process serves it");
    }
}
