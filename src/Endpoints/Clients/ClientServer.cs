using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Culvert.Endpoints.Clients;

/// <summary>
/// Serves clients so that they cannot hurt the program: a bounded number at once, each for a bounded time. When all places are taken, the client that
/// has waited longest without completing a request gives way to a newer one, so that idle clients never lock others out. When the process has no
/// descriptor left, accepting continues as soon as it has one. While nobody connects, nothing wakes. Thread-safe.
/// </summary>
public sealed class ClientServer : IAsyncDisposable
{
    private static readonly TimeSpan AcceptPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LogPause = TimeSpan.FromMinutes(1);

    private readonly string _name;
    private readonly IClientListener _listener;
    private readonly Func<Client, Task> _serve;
    private readonly ClientCounters _counters;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _places;
    private readonly List<Client> _clients = [];
    private readonly Task _accepting;
    private int _streams;
    private long _nextAcceptLog;

    /// <summary>Begins to accept clients.</summary>
    /// <param name="name">The server's name in the log: its path or address.</param>
    /// <param name="listener">Accepts; it belongs to the server from now on.</param>
    /// <param name="limits">What clients may take.</param>
    /// <param name="serve">Serves one client; called for several at once. What it throws ends this client only.</param>
    /// <param name="counters">Counts clients.</param>
    /// <param name="logger">For what goes wrong.</param>
    public ClientServer(
        string name, IClientListener listener, ClientLimits limits, Func<Client, Task> serve, ClientCounters counters, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(limits);
        (_name, _listener, Limits, _serve, _counters, _logger) = (name, listener, limits, serve, counters, logger);
        _places = new SemaphoreSlim(limits.Places);
        _accepting = Task.Run(AcceptAllAsync);
    }

    internal Lock Gate { get; } = new();

    internal ClientLimits Limits { get; }

    /// <summary>Stops accepting and closes all connections; answers under way end at their next step.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        await _accepting.ConfigureAwait(false);
    }

    /// <summary>As <see cref="DisposeAsync"/>, without waiting.</summary>
    public void Close()
    {
        _end.Cancel();
        _listener.Dispose();
    }

    internal bool TryTakeStream(Client client)
    {
        lock (Gate)
        {
            if (_streams == Limits.Streams)
            {
                _counters.Refused.Increment();
                return false;
            }

            _streams++;
            client.IsStream = true;
            _clients.Remove(client);
        }

        _places.Release();
        return true;
    }

    private async Task AcceptAllAsync()
    {
        try
        {
            while (true)
            {
                var stream = await AcceptOneAsync().ConfigureAwait(false);
                _counters.Accepted.Increment();
                await TakePlaceAsync(stream).ConfigureAwait(false);
                var client = new Client(this, stream, _end.Token);
                lock (Gate)
                {
                    _clients.Add(client);
                }

                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The server closes.
        }
    }

    private async Task<Stream> AcceptOneAsync()
    {
        while (true)
        {
            try
            {
                return await _listener.AcceptAsync(_end.Token).ConfigureAwait(false);
            }
            catch (IOException error)
            {
                _end.Token.ThrowIfCancellationRequested();
                if (Environment.TickCount64 >= _nextAcceptLog)
                {
                    _nextAcceptLog = Environment.TickCount64 + (long)LogPause.TotalMilliseconds;
                    ClientLog.AcceptFailed(_logger, _name, error.Message);
                }

                await Task.Delay(AcceptPause, _end.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task TakePlaceAsync(Stream accepted)
    {
        if (_places.Wait(0))
        {
            return;
        }

        lock (Gate)
        {
            // In the order of their arrival.
            _clients.FirstOrDefault(client => client.IsWaiting && !client.IsCrowdedOut)?.CrowdOut();
        }

        try
        {
            await _places.WaitAsync(_end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await accepted.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A fault while serving ends one client, not the program.")]
    private async Task ServeAsync(Client client)
    {
        try
        {
            await _serve(client).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (client.End.IsCancellationRequested)
        {
            CountEnd(client);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            ClientLog.Left(_logger, _name, error.Message);
        }
        catch (Exception error)
        {
            ClientLog.Failed(_logger, _name, error);
        }

        await client.CloseAsync().ConfigureAwait(false);
        GiveBack(client);
    }

    private void CountEnd(Client client)
    {
        if (client.IsCrowdedOut)
        {
            _counters.CrowdedOut.Increment();
        }
        else if (!_end.IsCancellationRequested && !client.HasLeft)
        {
            _counters.TimedOut.Increment();
        }
    }

    private void GiveBack(Client client)
    {
        lock (Gate)
        {
            if (client.IsStream)
            {
                _streams--;
                return;
            }

            _clients.Remove(client);
        }

        _places.Release();
    }
}
