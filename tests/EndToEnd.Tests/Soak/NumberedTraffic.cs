using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.Soak;

/// <summary>Numbered datagrams from one namespace to another at a steady rate, and what became of each.</summary>
internal sealed class NumberedTraffic : IDisposable
{
    /// <summary>The length of the payload in bytes.</summary>
    public const int Payload = 472;

    private const int Port = 7007;
    private const int SocketBuffer = 4 << 20;

    private readonly Socket _sender;
    private readonly Socket _receiver;
    private readonly IPEndPoint _to;
    private readonly TimeSpan _pause;
    private readonly List<long> _sentAt = [];
    private readonly HashSet<int> _received = [];
    private readonly Lock _gate = new();
    private readonly Thread[] _threads;
    private volatile bool _isClosed;

    public NumberedTraffic(NetworkNamespace from, NetworkNamespace to, string address, int perSecond)
    {
        (_to, _pause) = (new IPEndPoint(IPAddress.Parse(address), Port), TimeSpan.FromSeconds(1.0 / perSecond));
        _sender = from.Invoke(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        _receiver = to.Invoke(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = SocketBuffer, ReceiveTimeout = 200 };
            socket.Bind(new IPEndPoint(IPAddress.Any, Port));
            return socket;
        });
        _threads = [new Thread(Send) { IsBackground = true, Name = "numbers" }, new Thread(Receive) { IsBackground = true, Name = "numbers in" }];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>Datagrams that came twice; a tunnel lets none pass.</summary>
    public int Twice { get; private set; }

    /// <summary>Datagrams of other bytes than those that were sent.</summary>
    public int Damaged { get; private set; }

    /// <summary>Datagrams that came after a later one.</summary>
    public int Late { get; private set; }

    /// <summary>The number of datagrams sent and received so far.</summary>
    public (int Sent, int Received) Counts
    {
        get { lock (_gate) { return (_sentAt.Count, _received.Count); } }
    }

    /// <summary>Whether sending is suspended.</summary>
    public bool IsPaused { get; set; }

    /// <summary>When each datagram was sent that has not come.</summary>
    public long[] Missing()
    {
        lock (_gate)
        {
            return [.. _sentAt.Index().Where(sent => !_received.Contains(sent.Index)).Select(sent => sent.Item)];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isClosed = true;
        Array.ForEach(_threads, thread => thread.Join());
        _sender.Dispose();
        _receiver.Dispose();
    }

    private void Send()
    {
        var bytes = new byte[Payload];
        while (!_isClosed)
        {
            Thread.Sleep(_pause);
            if (IsPaused)
            {
                continue;
            }

            var number = _sentAt.Count;
            Fill(bytes, number);
            try
            {
                lock (_gate)
                {
                    _sentAt.Add(Environment.TickCount64);
                }

                _sender.SendTo(bytes, _to);
            }
            catch (SocketException)
            {
                // The device is gone for the moment: the number is used again.
                lock (_gate)
                {
                    _sentAt.RemoveAt(number);
                }
            }
        }
    }

    private void Receive()
    {
        var (buffer, expected, last) = (new byte[2048], new byte[Payload], -1);
        while (!_isClosed)
        {
            int length;
            try
            {
                length = _receiver.Receive(buffer);
            }
            catch (SocketException nothing) when (nothing.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                continue;
            }

            var number = BinaryPrimitives.ReadInt32LittleEndian(buffer);
            Fill(expected, number);
            if (!buffer.AsSpan(0, length).SequenceEqual(expected))
            {
                Damaged++;
                continue;
            }

            lock (_gate)
            {
                Twice += _received.Add(number) ? 0 : 1;
            }

            Late += number < last ? 1 : 0;
            last = Math.Max(last, number);
        }
    }

    private static void Fill(Span<byte> bytes, int number)
    {
        bytes.Fill((byte)(number * 31));
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
    }
}
