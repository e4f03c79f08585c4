using Culvert.Counters;
using Culvert.Endpoints.Clients;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Encrypt.WireGuard.Uapi;

/// <summary>
/// WireGuard's cross-platform interface (wireguard.com/xplatform) to a tunnel on <c>/var/run/wireguard/NAME.sock</c>, so that <c>wg</c>
/// works. Requests run on the tunnel's service thread.
/// </summary>
internal sealed class UapiServer : IDisposable
{
    private const string Folder = "/var/run/wireguard";

    private static readonly TimeSpan ServiceLimit = TimeSpan.FromSeconds(30);

    private readonly Tunnel _tunnel;
    private readonly string _path;
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _stopping = new();
    private readonly UapiSocket _socket;

    /// <summary>Opens the socket, or takes it over from another tunnel of this process until this is disposed.</summary>
    /// <param name="tunnel">What the requests show and change.</param>
    /// <param name="name">The interface name of <c>wg show NAME</c>.</param>
    /// <param name="folder">The socket's directory; null for that of <c>wg</c>.</param>
    /// <param name="limit">How long a request waits for the service thread; null for 30 s.</param>
    /// <exception cref="IOException">The socket cannot be opened, or another process serves it.</exception>
    public UapiServer(Tunnel tunnel, string name, string? folder = null, TimeSpan? limit = null)
    {
        _tunnel = tunnel;
        _path = PathOf(name, folder);
        _limit = limit ?? ServiceLimit;
        Clients = CountClients(tunnel.Local.Host.Counters);
        _socket = UapiSocket.Join(_path, this);
    }

    /// <summary>The tunnel's log.</summary>
    public ILogger Logger => _tunnel.Local.Logger;

    /// <summary>Counts the clients.</summary>
    public ClientCounters Clients { get; }

    /// <summary>Declares the counters of the clients.</summary>
    public static ClientCounters CountClients(CounterSet set) => new(set, "uapi");

    /// <summary>The socket's path.</summary>
    public static string PathOf(string name, string? folder = null) => Path.Combine(folder ?? Folder, name + ".sock");

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Leave(this);
        _stopping.Cancel();
    }

    /// <summary>Carries out one request.</summary>
    /// <param name="text">A whole request, the empty line at its end included; the caller wipes it.</param>
    /// <param name="response">Where the answer goes, without <c>errno</c>; the caller wipes it.</param>
    public async Task<UapiErrno> HandleAsync(ReadOnlyMemory<byte> text, WipedBuffer response)
    {
        if (text.Span.SequenceEqual("get=1\n\n"u8))
        {
            return await RunAsync(() =>
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
            return request is null ? errno : await RunAsync(() => TunnelEditor.Apply(_tunnel, request)).ConfigureAwait(false);
        }
    }

    /// <summary>Runs work on the service thread. Afterwards it has run, or never will: what it uses may be wiped.</summary>
    private async Task<UapiErrno> RunAsync(Func<UapiErrno> work)
    {
        var call = new ServiceCall(work, error => UapiLog.Failed(Logger, _path, error.GetType().Name));
        try
        {
            return _tunnel.Local.Host.TryPost(call.Run)
                ? await call.Done.WaitAsync(_limit, _stopping.Token).ConfigureAwait(false)
                : throw new TimeoutException("The service thread is blocked.");
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            if (!call.TryAbandon())
            {
                return await call.Done.ConfigureAwait(false);
            }

            UapiLog.Failed(Logger, _path, error.GetType().Name);
            return UapiErrno.Io;
        }
    }

    /// <summary>Work for the service thread that its caller may give up before it begins.</summary>
    private sealed class ServiceCall(Func<UapiErrno> work, Action<Exception> failed)
    {
        private readonly TaskCompletionSource<UapiErrno> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _isTaken;

        public Task<UapiErrno> Done => _done.Task;

        /// <summary>Keeps the work from running. False when it runs or has run; <see cref="Done"/> follows soon.</summary>
        public bool TryAbandon() => Interlocked.Exchange(ref _isTaken, 1) == 0;

        public void Run()
        {
            if (!TryAbandon())
            {
                return;
            }

            try
            {
                _done.SetResult(work());
            }
            catch (Exception error)
            {
                // The tool is told; the pipeline contains the fault and logs it.
                failed(error);
                _done.SetResult(UapiErrno.Io);
                throw;
            }
        }
    }
}

/// <summary>The log of the interface.</summary>
internal static partial class UapiLog
{
    [LoggerMessage(EventId = 61, Level = LogLevel.Error, Message = "{Path}: a request failed with {Error}")]
    public static partial void Failed(ILogger logger, string path, string error);
}
