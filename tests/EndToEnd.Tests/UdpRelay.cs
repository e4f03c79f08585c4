using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>
/// The network between two sites, in the test's hands: each site takes it for its peer. It has a socket in either namespace, passes on
/// what comes, keeps a copy, and can be told to lose everything or to send whatever a test likes, from the peer's address.
/// </summary>
internal sealed class UdpRelay : IDisposable
{
    private readonly Socket _left;
    private readonly Socket _right;
    private readonly IPEndPoint _site;
    private readonly Thread[] _threads;
    private volatile bool _closed;

    /// <summary>Opens it on the loopback of both namespaces.</summary>
    /// <param name="left">Where one site runs.</param>
    /// <param name="right">Where the other runs.</param>
    /// <param name="port">The port that both sites have as their peer's.</param>
    /// <param name="sitePort">The port that both sites listen on.</param>
    public UdpRelay(NetworkNamespace left, NetworkNamespace right, int port, int sitePort)
    {
        _site = new IPEndPoint(IPAddress.Loopback, sitePort);
        _left = left.Invoke(() => Open(port));
        _right = right.Invoke(() => Open(port));
        _threads = [Carry(_left, _right, FromLeft), Carry(_right, _left, FromRight)];
    }

    /// <summary>What the left site sent so far.</summary>
    public ConcurrentQueue<byte[]> FromLeft { get; } = new();

    /// <summary>What the right site sent so far.</summary>
    public ConcurrentQueue<byte[]> FromRight { get; } = new();

    /// <summary>While true, everything is lost.</summary>
    public bool IsCut { get; set; }

    public void SendToLeft(ReadOnlySpan<byte> datagram) => _left.SendTo(datagram, _site);

    public void SendToRight(ReadOnlySpan<byte> datagram) => _right.SendTo(datagram, _site);

    public void Dispose()
    {
        _closed = true;
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _left.Dispose();
        _right.Dispose();
    }

    private static Socket Open(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private Thread Carry(Socket from, Socket to, ConcurrentQueue<byte[]> seen)
    {
        var thread = new Thread(() =>
        {
            var buffer = new byte[65_536];
            while (!_closed)
            {
                try
                {
                    if (from.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead))
                    {
                        var datagram = buffer.AsSpan(0, from.Receive(buffer)).ToArray();
                        seen.Enqueue(datagram);
                        if (!IsCut)
                        {
                            to.SendTo(datagram, _site);
                        }
                    }
                }
                catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
                {
                    // The site is not there just now: as on a network, the datagram is lost.
                }
            }
        })
        { IsBackground = true, Name = "relay" };
        thread.Start();
        return thread;
    }
}
