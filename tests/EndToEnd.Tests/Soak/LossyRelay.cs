using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.Soak;

/// <summary>
/// A bad network between two sites: it loses, delays by varying times, reorders and doubles datagrams, and can be cut. A socket on the loopback of either
/// namespace stands for the other site; one thread carries everything and counts what it does not.
/// </summary>
internal sealed class LossyRelay : IDisposable
{
    private const double Loss = 0.01;
    private const double Late = 0.01;
    private const double Doubled = 0.002;
    private const int MaxDatagram = 65_536;
    private const int SocketBuffer = 4 << 20;
    private static readonly TimeSpan _delay = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan _jitter = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan _lateBy = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan _nap = TimeSpan.FromMilliseconds(20);

    private readonly Socket[] _sockets;
    private readonly IPEndPoint _site;
    private readonly int _dataSize;
    private readonly Random _random = new(1);
    private readonly PriorityQueue<(int To, byte[] Datagram), long> _underWay = new();
    private readonly List<long>[] _lost = [[], []];
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private volatile bool _isClosed;

    /// <param name="left">Where one site runs.</param>
    /// <param name="right">Where the other runs.</param>
    /// <param name="port">The port that both sites have as their peer's.</param>
    /// <param name="sitePort">The port that both sites listen on.</param>
    /// <param name="dataSize">The length of the datagrams whose loss is counted.</param>
    public LossyRelay(NetworkNamespace left, NetworkNamespace right, int port, int sitePort, int dataSize)
    {
        (_site, _dataSize) = (new IPEndPoint(IPAddress.Loopback, sitePort), dataSize);
        _sockets = [left.Invoke(() => Open(port)), right.Invoke(() => Open(port))];
        _thread = new Thread(Run) { IsBackground = true, Name = "bad network" };
        _thread.Start();
    }

    /// <summary>While true, everything is lost.</summary>
    public bool IsCut { get; set; }

    /// <summary>All datagrams that came.</summary>
    public long Carried { get; private set; }

    /// <summary>When datagrams of the counted size from a site were lost.</summary>
    /// <param name="from">0 for the left site, 1 for the right one.</param>
    public long[] LostFrom(int from)
    {
        lock (_gate)
        {
            return [.. _lost[from]];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isClosed = true;
        _thread.Join();
        Array.ForEach(_sockets, socket => socket.Dispose());
    }

    private static Socket Open(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = SocketBuffer };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private void Run()
    {
        var buffer = new byte[MaxDatagram];
        while (!_isClosed)
        {
            var ready = _sockets.ToList();
            Socket.Select(ready, null, null, UntilNext());
            foreach (var socket in ready)
            {
                while (socket.Available > 0)
                {
                    Take(Array.IndexOf(_sockets, socket), buffer);
                }
            }

            Deliver();
        }
    }

    private TimeSpan UntilNext() => _underWay.TryPeek(out _, out var due) && Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is var left && left < _nap
        ? left < TimeSpan.Zero ? TimeSpan.Zero : left
        : _nap;

    private void Take(int from, byte[] buffer)
    {
        int length;
        try
        {
            length = _sockets[from].Receive(buffer);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // The site is not there just now.
            return;
        }

        Carried++;
        if (IsCut || _random.NextDouble() < Loss)
        {
            NoteLost(from, length);
            return;
        }

        var copies = _random.NextDouble() < Doubled ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            var delay = _delay + (_jitter * _random.NextDouble()) + (_random.NextDouble() < Late ? _lateBy : TimeSpan.Zero);
            _underWay.Enqueue((1 - from, buffer[..length]), Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency));
        }
    }

    private void Deliver()
    {
        while (_underWay.TryPeek(out var next, out var due) && due <= Stopwatch.GetTimestamp())
        {
            _underWay.Dequeue();
            try
            {
                _sockets[next.To].SendTo(next.Datagram, _site);
            }
            catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // An earlier datagram found nobody; this one was not sent.
                NoteLost(1 - next.To, next.Datagram.Length);
            }
        }
    }

    private void NoteLost(int from, int length)
    {
        if (length == _dataSize)
        {
            lock (_gate)
            {
                _lost[from].Add(Environment.TickCount64);
            }
        }
    }
}
