using System.Runtime.Versioning;
using System.Net.Sockets;
using Culvert.Options;
using Culvert.Packets;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>
/// One other side: its queue, and its connection while there is one. A side that this one connects to outlives its connections; one that
/// connected by itself ends with its connection. Thread-safe; the lock is held while a batch is queued and sent, never while anything waits.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Link
{
    private readonly Lock _gate = new();
    private readonly LinkTable _table;
    private readonly RetryPause _pause;
    private FrameQueue? _queue;
    private LinkSocket? _socket;
    private FrameReceiver? _receiver;
    private bool _isDialing;
    private bool _isClosed;
    private bool _isAnswered;
    private long _nextDial;
    private long _since;
    private long _waitsSince;
    private EndpointBox _endpoint;

    /// <param name="table">Where it belongs.</param>
    /// <param name="endpoint">What its datagrams carry.</param>
    /// <param name="target">Where to connect to; null for a side that connects by itself.</param>
    public Link(LinkTable table, DatagramEndpoint endpoint, HostEndpoint? target)
    {
        (_table, Target, _endpoint) = (table, target, new(endpoint));
        _pause = new RetryPause(table.Context.Random);
        LastUsed = table.Now;
    }

    /// <summary>Where to connect to; null for a side that connects by itself.</summary>
    public HostEndpoint? Target { get; }

    /// <summary>What inbound datagrams carry. Any thread.</summary>
    public DatagramEndpoint Endpoint => Volatile.Read(ref _endpoint).Value;

    /// <summary>Whether something was sent on an accepted connection: the stage above knows the other side. Any thread.</summary>
    public bool IsAnswered => Volatile.Read(ref _isAnswered);

    /// <summary>Whether there is a connection. Any thread.</summary>
    public bool IsConnected => Volatile.Read(ref _socket) is not null;

    /// <summary>The time of the last datagram for it.</summary>
    public long LastUsed { get; private set; }

    /// <summary>The bytes that wait. Any thread.</summary>
    public int Queued => _queue?.Length ?? 0;

    /// <summary>Queues the packets of a batch and sends what the system takes. What finds no room is dropped.</summary>
    public void Send(PacketBatch batch, int first, int end)
    {
        lock (_gate)
        {
            LastUsed = _table.Now;
            if (!MayQueue())
            {
                Drop(batch, first, end);
                return;
            }

            _queue ??= new FrameQueue(_table.QueueBytes);
            var mayFlush = true;
            for (var i = first; i < end; i++)
            {
                var packet = batch[i];
                if (packet.IsDropped || _queue.TryAdd(packet.Data))
                {
                    continue;
                }

                // Once a batch: a system that takes nothing now takes nothing a microsecond later.
                if (!mayFlush || !FlushLocked() || !_queue.TryAdd(packet.Data))
                {
                    mayFlush = false;
                    packet.Drop(_table.Counters.QueueFull);
                }
            }

            FlushLocked();
        }
    }

    /// <summary>Takes a connection over.</summary>
    /// <exception cref="IOException">The system refuses to watch it; it is closed.</exception>
    public void Attach(Socket socket, FrameReceiver receiver)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                socket.Dispose();
                return;
            }

            _since = _table.Now;
            (_isDialing, _receiver) = (false, receiver);
            if (Endpoint.IsNone && socket.RemoteEndPoint is System.Net.IPEndPoint remote)
            {
                _endpoint = new(DatagramEndpoint.From(remote));
            }

            _socket = receiver.Add(socket, this);
            FlushLocked();
        }
    }

    /// <summary>Notes a datagram from it. Receiving thread.</summary>
    public void NoteFrame(LinkSocket socket)
    {
        if (!socket.HasSpoken)
        {
            socket.HasSpoken = true;
            lock (_gate)
            {
                _pause.Reset();
            }
        }

        _table.NoteSource(this);
    }

    /// <summary>The connection can be written again.</summary>
    public void HandleRoom()
    {
        lock (_gate)
        {
            FlushLocked();
        }
    }

    /// <summary>Notes that connecting failed.</summary>
    public void FailDial(string reason)
    {
        lock (_gate)
        {
            Rest();
            if (!_isClosed)
            {
                TcpStageLog.DialFailed(_table.Context.Logger, Target!, reason, Pause());
            }
        }
    }

    /// <summary>Ends a connection, unless that has happened.</summary>
    public void Close(LinkSocket socket, string reason)
    {
        lock (_gate)
        {
            if (_socket == socket)
            {
                CloseLocked(reason);
            }
        }
    }

    /// <summary>Ends the connection and all attempts to get another one.</summary>
    public void Close(string reason)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _isClosed = true;
                CloseLocked(reason);
            }
        }
    }

    /// <summary>Ends what lasts too long, and connects again where that is due.</summary>
    /// <param name="dials">Whether to connect without a datagram to send.</param>
    /// <returns>Whether it needs another look in a second.</returns>
    public bool Look(bool dials)
    {
        lock (_gate)
        {
            var now = _table.Now;
            if (_socket is null)
            {
                if (dials && !_isDialing && !_isClosed && now >= _nextDial)
                {
                    Dial();
                }
            }
            else if (Queued > 0 && _table.Passed(_waitsSince, LinkTable.ReadLimit))
            {
                _table.Counters.Stalled.Increment();
                CloseLocked($"the other side has not read for {LinkTable.ReadLimit.TotalSeconds:0} s");
            }
            else if (Target is null && !_socket.HasSpoken && _table.Passed(_since, LinkTable.SilenceLimit))
            {
                _table.Counters.Silent.Increment();
                CloseLocked("nothing came");
            }

            return _socket is null ? Target is not null && !_isClosed : Queued > 0 || (Target is null && !_socket.HasSpoken);
        }
    }

    private bool MayQueue()
    {
        if (_socket is not null)
        {
            if (!_isAnswered && Target is null)
            {
                Volatile.Write(ref _isAnswered, true);
                TcpStageLog.Answered(_table.Context.Logger, Endpoint);
            }

            return true;
        }

        if (_isDialing)
        {
            return true;
        }

        if (Target is null || _isClosed || LastUsed < _nextDial)
        {
            return false;
        }

        Dial();
        return true;
    }

    private void Drop(PacketBatch batch, int first, int end)
    {
        for (var i = first; i < end; i++)
        {
            var packet = batch[i];
            if (!packet.IsDropped)
            {
                packet.Drop(_table.Counters.NotConnected);
            }
        }
    }

    private void Dial()
    {
        _isDialing = true;
        _table.Dial(this);
    }

    /// <returns>Whether the connection is still there.</returns>
    private bool FlushLocked()
    {
        if (_socket is null || _queue is null)
        {
            return false;
        }

        var before = _queue.Length;
        var reason = _socket.Send(_queue, out var calls);
        _table.Counters.SendCalls.Add(calls);
        if (_queue.Length < before || before == 0)
        {
            _waitsSince = _table.Now;
        }

        if (reason is not null)
        {
            CloseLocked(reason);
        }
        else if (_queue.Length > 0)
        {
            _table.Attend();
        }

        return reason is null;
    }

    private void CloseLocked(string reason)
    {
        var wasConnected = _socket is not null;
        if (_socket is { } socket)
        {
            _receiver!.Remove(socket);
            socket.Close(hard: Target is null && !_isAnswered);
            _socket = null;
        }

        Rest();
        if (Target is null)
        {
            _isClosed = true;
            if (_isAnswered)
            {
                TcpStageLog.AcceptedClosed(_table.Context.Logger, Endpoint, reason);
            }
            else
            {
                TcpStageLog.StrangerClosed(_table.Context.Logger, Endpoint, reason);
            }

            _table.NoteClosed(this);
        }
        else if (wasConnected && !_isClosed)
        {
            TcpStageLog.DialedClosed(_table.Context.Logger, Target, reason, Pause());
            _table.Attend();
        }
    }

    /// <summary>Forgets the queue.</summary>
    private void Rest()
    {
        _isDialing = false;
        _table.Counters.Lost.Add(_queue?.Clear() ?? 0);
    }

    /// <returns>Seconds until the next attempt.</returns>
    private double Pause()
    {
        var pause = _pause.Next();
        _nextDial = _table.Now + (long)(pause.TotalSeconds * _table.Context.Time.TimestampFrequency);
        return pause.TotalSeconds;
    }

    /// <summary>An endpoint is swapped as a whole behind a reference.</summary>
    private sealed record EndpointBox(DatagramEndpoint Value);
}
