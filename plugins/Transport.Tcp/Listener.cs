using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Culvert.Algorithms;
using Culvert.Endpoints.Clients;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>Accepts connections, off the data path and at a bounded rate. Dispose from any thread.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Listener : IDisposable
{
    private const int Backlog = 64;
    private const int ConnectionsPerSecond = 100;
    private static readonly TimeSpan RatePause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan ErrorPause = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly LinkTable _table;
    private readonly TokenBucket _rate;
    private readonly CancellationTokenSource _closing = new();
    private bool _hasComplained;
    private uint _dropped;

    /// <exception cref="StageStartException">The port is in use, the address is not local, or permission is denied.</exception>
    public Listener(IPEndPoint local, uint mark, LinkTable table)
    {
        _table = table;
        _rate = new TokenBucket(table.Context.Time, ConnectionsPerSecond, ConnectionsPerSecond);
        _socket = Open(local, mark);
        Local = (IPEndPoint)_socket.LocalEndPoint!;
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>The address, with the port that the system chose.</summary>
    public IPEndPoint Local { get; }

    public void Dispose()
    {
        _closing.Cancel();
        _socket.Dispose();
        _closing.Dispose();
    }

    private static Socket Open(IPEndPoint local, uint mark)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (local.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = true;
            }

            SocketSetup.Mark(socket, mark);
            socket.Bind(local);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw StartErrors.CannotListen(local, e);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                while (!_rate.TryTake())
                {
                    await Task.Delay(RatePause, _closing.Token).ConfigureAwait(false);
                }

                await AcceptOneAsync().ConfigureAwait(false);
                CountDropped();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The pipeline closes.
        }
    }

    /// <summary>Asks the system how many it dropped: it does so only while others wait to be accepted.</summary>
    private void CountDropped()
    {
        var dropped = SocketSetup.Drops(_socket);
        _table.Counters.BacklogFull.Add(unchecked(dropped - _dropped));
        _dropped = dropped;
    }

    private async Task AcceptOneAsync()
    {
        try
        {
            _table.Accept(await DescriptorReserve.AcceptAsync(_socket, _closing.Token).ConfigureAwait(false));
            _hasComplained = false;
        }
        catch (SocketException e) when (!_closing.IsCancellationRequested)
        {
            // No descriptor or no memory is free, or the connection was gone before it was accepted.
            if (!_hasComplained)
            {
                _hasComplained = true;
                TcpStageLog.CannotAccept(_table.Context.Logger, e.Message);
            }

            await Task.Delay(ErrorPause, _closing.Token).ConfigureAwait(false);
        }
    }
}
