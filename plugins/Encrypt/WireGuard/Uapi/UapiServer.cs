using System.Net.Sockets;
using System.Text;
using Culvert.Stages;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>
/// WireGuard's cross-platform interface on <c>/var/run/wireguard/NAME.sock</c>, so that <c>wg</c> works on the tunnel. The socket is its
/// owner's alone, as what it answers has keys in it. Connections are few and short; requests run on the tunnel's service thread.
/// </summary>
internal sealed class UapiServer : IDisposable
{
    /// <summary>The longest request, in bytes: some 100,000 allowed-ips.</summary>
    public const int MaxRequest = 8 * 1024 * 1024;

    private const string Folder = "/var/run/wireguard";
    private const int MaxConnections = 8;

    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(30);
    private static readonly Lock OwnersGate = new();
    private static readonly Dictionary<string, UapiServer> Owners = [];

    private readonly Tunnel _tunnel;
    private readonly string _path;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _places = new(MaxConnections);

    /// <summary>Opens the socket.</summary>
    /// <param name="tunnel">What it shows and changes.</param>
    /// <param name="name">The interface name, as <c>wg show NAME</c> will give it.</param>
    /// <param name="folder">Where the socket lies; null for the place where <c>wg</c> looks.</param>
    /// <exception cref="StageStartException">The folder or the socket cannot be made, or another process serves it.</exception>
    public UapiServer(Tunnel tunnel, string name, string? folder = null)
    {
        _tunnel = tunnel;
        _path = Path.Combine(folder ?? Folder, name + ".sock");
        try
        {
            Open();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SocketException)
        {
            _listener.Dispose();
            throw new StageStartException(
                $"cannot serve {_path}: {error.Message}", "run as a user that may write there, or set uapi: false", error);
        }

        _ = AcceptAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _listener.Dispose();
        lock (OwnersGate)
        {
            // After a reload the next tunnel serves the same name already.
            if (Owners.GetValueOrDefault(_path) == this)
            {
                Owners.Remove(_path);
                File.Delete(_path);
            }
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

    private void Open()
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (OperatingSystem.IsWindows())
        {
            throw new IOException("Windows has no such sockets");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(_path)!, OwnerOnly | UnixFileMode.UserExecute);
        lock (OwnersGate)
        {
            if (!Owners.ContainsKey(_path) && IsServed(_path))
            {
                throw new IOException("another process serves it");
            }

            // Bound under another name and moved: the mode is right before anybody can see it, and the socket of the tunnel that a reload
            // replaces, which removes the name it was bound to when it closes, does not remove this one.
            var unseen = _path + ".new";
            File.Delete(unseen);
            _listener.Bind(new UnixDomainSocketEndPoint(unseen));
            File.SetUnixFileMode(unseen, OwnerOnly);
            _listener.Listen(MaxConnections);
            File.Move(unseen, _path, overwrite: true);
            Owners[_path] = this;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                await _places.WaitAsync(_stopping.Token).ConfigureAwait(false);
                var connection = await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                _ = ServeAsync(connection);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The tunnel closes.
        }
        catch (SocketException error)
        {
            UapiLog.Ended(_tunnel.Local.Logger, _path, error.Message);
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        using (connection)
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token))
        {
            try
            {
                limit.CancelAfter(IdleLimit);
                while (await ServeRequestAsync(connection, limit.Token).ConfigureAwait(false))
                {
                    limit.CancelAfter(IdleLimit);
                }
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The tool has gone, or sends nothing.
            }
        }

        _places.Release();
    }

    private async Task<bool> ServeRequestAsync(Socket connection, CancellationToken cancel)
    {
        using var request = new WipedBuffer();
        using var response = new WipedBuffer();
        var complete = await ReadRequestAsync(connection, request, cancel).ConfigureAwait(false);
        if (complete is null)
        {
            return false;
        }

        var errno = complete.Value ? await HandleAsync(request.Written, response).ConfigureAwait(false) : UapiErrno.Io;
        // A negative number, as the kernel returns errors; tools take it so.
        Encoding.ASCII.GetBytes($"errno={-(int)errno}\n\n", response);
        await connection.SendAsync(response.Written, cancel).ConfigureAwait(false);
        return complete.Value;
    }

    /// <summary>Reads up to the empty line that ends a request. Null at the end of the stream, false when it is too long.</summary>
    private static async Task<bool?> ReadRequestAsync(Socket connection, WipedBuffer request, CancellationToken cancel)
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

    private async Task<UapiErrno> HandleAsync(ReadOnlyMemory<byte> text, WipedBuffer response)
    {
        if (text.Span.SequenceEqual("get=1\n\n"u8))
        {
            return await OnServiceThread(() =>
            {
                GetResponse.Write(_tunnel, response);
                return UapiErrno.None;
            }).ConfigureAwait(false);
        }

        var first = "set=1\n"u8.Length;
        if (!text.Span.StartsWith("set=1\n"u8))
        {
            return UapiErrno.Protocol;
        }

        var errno = SetRequest.Parse(text.Span[first..], out var request);
        using (request)
        {
            return request is null ? errno : await OnServiceThread(() => TunnelEditor.Apply(_tunnel, request)).ConfigureAwait(false);
        }
    }

    private Task<UapiErrno> OnServiceThread(Func<UapiErrno> work)
    {
        var done = new TaskCompletionSource<UapiErrno>(TaskCreationOptions.RunContinuationsAsynchronously);
        _tunnel.Local.Host.Post(() => Run(work, done));
        return done.Task.WaitAsync(IdleLimit, _stopping.Token);
    }

    private void Run(Func<UapiErrno> work, TaskCompletionSource<UapiErrno> done)
    {
        try
        {
            done.SetResult(work());
        }
        catch (Exception error)
        {
            // The tool is told; the pipeline contains the fault and logs it.
            UapiLog.Failed(_tunnel.Local.Logger, _path, error.GetType().Name);
            done.SetResult(UapiErrno.Io);
            throw;
        }
    }
}

/// <summary>What the server says.</summary>
internal static partial class UapiLog
{
    [LoggerMessage(EventId = 60, Level = LogLevel.Warning, Message = "{Path} is served no more: {Reason}")]
    public static partial void Ended(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 61, Level = LogLevel.Error, Message = "{Path}: a request failed with {Error}")]
    public static partial void Failed(ILogger logger, string path, string error);
}
