using System.Net;
using System.Net.Sockets;

namespace Culvert.Endpoints.Clients;

/// <summary>
/// A connected client of a <see cref="ClientServer"/>. It waits for a request first, and must send all of it in time; meanwhile a newer client may
/// take its place. From <see cref="BeginAnswer"/> on the place is its own. Used by one task at a time.
/// </summary>
public sealed class Client
{
    private readonly ClientServer _server;
    private readonly Stream _stream;
    private readonly CancellationTokenSource _end;
    private TimeSpan _writeTime;

    internal Client(ClientServer server, Stream stream, CancellationToken serverEnds)
    {
        _server = server;
        _stream = stream;
        _writeTime = server.Limits.RequestTime;
        _end = CancellationTokenSource.CreateLinkedTokenSource(serverEnds);
        AwaitRequest();
    }

    /// <summary>Cancelled when the client has left, took too long or lost its place, or when the server closes.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>Whether the client connected from this machine over a loopback address.</summary>
    public bool IsOnLoopback => _stream is NetworkStream { Socket.RemoteEndPoint: IPEndPoint remote } && IPAddress.IsLoopback(remote.Address);

    internal bool IsWaiting { get; private set; }

    internal bool IsCrowdedOut { get; private set; }

    internal bool IsStream { get; set; }

    internal bool HasLeft { get; private set; }

    /// <summary>Begins to wait for a request; the time for one starts anew.</summary>
    public void AwaitRequest() => SetWaiting(true, _server.Limits.RequestTime);

    /// <summary>Ends the wait: the request is complete.</summary>
    /// <exception cref="OperationCanceledException">The place was lost a moment ago.</exception>
    public void BeginAnswer()
    {
        SetWaiting(false, Timeout.InfiniteTimeSpan);
        _end.Token.ThrowIfCancellationRequested();
    }

    /// <summary>Reads some bytes of a request.</summary>
    /// <returns>0 at the end of the connection.</returns>
    public ValueTask<int> ReadAsync(Memory<byte> buffer) => _stream.ReadAsync(buffer, _end.Token);

    /// <summary>Writes a whole answer, or one message of a stream.</summary>
    /// <exception cref="OperationCanceledException">The client does not read it in time.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> data)
    {
        _end.CancelAfter(_writeTime);
        await _stream.WriteAsync(data, _end.Token).ConfigureAwait(false);
        _end.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Exchanges the place for one of a stream, which lasts until the client leaves.</summary>
    /// <returns>False when as many streams are open as may be; the client keeps its place for an answer that says so.</returns>
    public bool TryBecomeStream()
    {
        if (!_server.TryTakeStream(this))
        {
            return false;
        }

        _writeTime = _server.Limits.StreamTime;
        _ = LeaveWithClientAsync();
        return true;
    }

    /// <summary>Ends the wait for a request. Called with the server's gate, while <see cref="IsWaiting"/>.</summary>
    internal void CrowdOut()
    {
        IsCrowdedOut = true;
        _end.Cancel();
    }

    internal async ValueTask CloseAsync()
    {
        lock (_server.Gate)
        {
            IsWaiting = false;
        }

        await _stream.DisposeAsync().ConfigureAwait(false);
        _end.Dispose();
    }

    private void SetWaiting(bool isWaiting, TimeSpan time)
    {
        lock (_server.Gate)
        {
            IsWaiting = isWaiting;
            _end.CancelAfter(time);
        }
    }

    /// <summary>A stream with nothing to write would not notice that its client has gone.</summary>
    private async Task LeaveWithClientAsync()
    {
        var ignored = new byte[256];
        try
        {
            while (await _stream.ReadAsync(ignored, _end.Token).ConfigureAwait(false) > 0)
            {
                // Nothing that a client sends after its request has a meaning.
            }

            HasLeft = true;
            await _end.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It has left, or the answer is complete.
        }
    }
}
