using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>
/// The other sides of an entry, found by endpoint. Shared by its lanes; a connection is read by one of them. Thread-safe. No lock of the table
/// is held while a link's is taken.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class LinkTable : IDisposable
{
    /// <summary>How long the other side may leave a full queue unread.</summary>
    public static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(10);

    /// <summary>How long an accepted connection may stay without a whole datagram.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(10);

    private const int MaxDialing = 32;
    private const int MaxRemembered = 1024;
    private const int MaxListed = 64;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UnusedLimit = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<DatagramEndpoint, Link> _links = new();
    private readonly Lock _gate = new();
    private readonly List<Link> _accepted = [];
    private readonly Queue<Link> _ended = new();
    private readonly ConcurrentDictionary<int, FrameReceiver> _receivers = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _dialing = new(MaxDialing);
    private readonly TcpOptions _options;
    private readonly StageTimer _look;
    private readonly Link? _fixed;
    private Link? _latest;
    private int _dialed;
    private int _turn;
    private int _isAttending;

    public LinkTable(TcpOptions options, IEndpointContext context, TcpCounters counters)
    {
        (_options, Context, Counters) = (options, context, counters);
        _look = context.CreateTimer(Look);
        if (options.Connect is { } target)
        {
            _fixed = new Link(this, target.Address is { } address ? DatagramEndpoint.From(address) : default, target);
        }
    }

    public IEndpointContext Context { get; }

    public TcpCounters Counters { get; }

    public int QueueBytes => (int)_options.Queue.Bytes;

    public long Now => Context.Time.GetTimestamp();

    /// <summary>Gives connections to a lane from now on. The first call begins to connect.</summary>
    public void Serve(int lane, FrameReceiver receiver)
    {
        _receivers[lane] = receiver;
        _look.Schedule(TimeSpan.Zero);
    }

    /// <summary>Looks at every link within a second. Where none needs it, no timer runs.</summary>
    public void Attend()
    {
        if (Volatile.Read(ref _isAttending) == 0 && Interlocked.Exchange(ref _isAttending, 1) == 0)
        {
            _look.Schedule(LookInterval);
        }
    }

    /// <summary>Whether that much time has passed.</summary>
    public bool Passed(long since, TimeSpan limit) => Context.Time.GetElapsedTime(since) >= limit;

    /// <summary>The link for an outbound datagram; one to an endpoint that is new connects.</summary>
    /// <param name="endpoint">What the datagram carries; may be none.</param>
    /// <returns>Null when there is nowhere to send it.</returns>
    public Link? Find(in DatagramEndpoint endpoint)
    {
        if (_fixed is not null)
        {
            return _fixed;
        }

        if (endpoint.IsNone)
        {
            return Volatile.Read(ref _latest);
        }

        return _links.TryGetValue(endpoint.Remote, out var link) ? link : Create(endpoint.Remote);
    }

    /// <summary>Notes where a datagram came from: the other side of a stage that knows no endpoints.</summary>
    public void NoteSource(Link link)
    {
        if (_latest != link)
        {
            Volatile.Write(ref _latest, link);
        }
    }

    /// <summary>Takes an accepted connection, or closes it. It replaces the oldest that was never answered where every place is taken.</summary>
    public void Accept(Socket socket)
    {
        if (socket.RemoteEndPoint is not IPEndPoint remote || !IsWelcome(remote.Address))
        {
            Counters.TurnedAway.Increment();
            Reject(socket);
            return;
        }

        var link = new Link(this, DatagramEndpoint.From(remote), target: null);
        if (!TryPlace(link))
        {
            Counters.TurnedAway.Increment();
            Reject(socket);
            return;
        }

        try
        {
            SocketSetup.Apply(socket, _options);
            Counters.Accepted.Increment();
            _links[link.Endpoint] = link;
            link.Attach(socket, NextReceiver());
            Attend();
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            socket.Dispose();
            link.Close(e.Message);
        }
    }

    /// <summary>Connects, off the data path; behind others where many wait for an answer.</summary>
    public void Dial(Link link) => _ = DialAsync(link);

    /// <summary>
    /// Notes the end of a side that had connected by itself. It is remembered for a while, because the stage above still names its endpoint,
    /// which is a port that nobody listens on.
    /// </summary>
    public void NoteClosed(Link link)
    {
        lock (_gate)
        {
            _accepted.Remove(link);
            _ended.Enqueue(link);
            if (_ended.Count > MaxRemembered)
            {
                var oldest = _ended.Dequeue();
                _links.TryRemove(new(oldest.Endpoint, oldest));
            }
        }

        Interlocked.CompareExchange(ref _latest, null, link);
    }

    /// <summary>The connections, for <c>culvert status</c>.</summary>
    public JsonArray Describe()
    {
        var connections = new JsonArray();
        IEnumerable<Link> links = _fixed is null ? _links.Values : [_fixed];
        foreach (var link in links.Where(link => link.IsConnected || link.Target is not null).Take(MaxListed))
        {
            connections.Add((JsonNode)new JsonObject
            {
                ["endpoint"] = link.Target?.ToString() ?? link.Endpoint.ToString(),
                ["state"] = !link.IsConnected ? "not connected" : link.Target is null && !link.IsAnswered ? "unanswered" : "connected",
                ["queued"] = link.Queued,
            });
        }

        return connections;
    }

    public void Dispose()
    {
        _closing.Cancel();
        _look.Dispose();
        _fixed?.Close("the pipeline closes");
        foreach (var link in _links.Values)
        {
            link.Close("the pipeline closes");
        }

        _closing.Dispose();
        _dialing.Dispose();
    }

    private async Task DialAsync(Link link)
    {
        try
        {
            await _dialing.WaitAsync(_closing.Token).ConfigureAwait(false);
            try
            {
                // It waits for seconds: the threads of the pool have other work.
                await Task.Factory.StartNew(() => Connect(link), _closing.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            }
            finally
            {
                _dialing.Release();
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
        {
            link.FailDial(e.Message);
        }
    }

    private void Connect(Link link)
    {
        Counters.Dialed.Increment();
        try
        {
            var socket = Dialer.Connect(link.Target!, _options, _closing.Token);
            link.Attach(socket, NextReceiver());
            TcpStageLog.Connected(Context.Logger, link.Target!);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            Counters.DialFailures.Increment();
            link.FailDial(e.Message);
        }
    }

    private static void Reject(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }

    private bool IsWelcome(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return _options.From.Count == 0 || _options.From.Any(prefix => prefix.Contains(plain));
    }

    private bool TryPlace(Link link)
    {
        Link? victim = null;
        lock (_gate)
        {
            if (_accepted.Count >= _options.Connections)
            {
                victim = _accepted.Find(one => !one.IsAnswered);
                if (victim is null)
                {
                    return false;
                }

                _accepted.Remove(victim);
            }

            _accepted.Add(link);
        }

        if (victim is not null)
        {
            Counters.Replaced.Increment();
            victim.Close("another one needed its place");
        }

        return true;
    }

    private Link? Create(DatagramEndpoint endpoint)
    {
        if (Volatile.Read(ref _dialed) >= _options.Connections)
        {
            return null;
        }

        var address = endpoint.ToIPEndPoint()!;
        var made = new Link(this, endpoint, new HostEndpoint(address.Address.ToString(), address.Port));
        var link = _links.GetOrAdd(endpoint, made);
        if (link == made)
        {
            Interlocked.Increment(ref _dialed);
            Attend();
        }

        return link;
    }

    private FrameReceiver NextReceiver()
    {
        var lane = (int)((uint)Interlocked.Increment(ref _turn) % (uint)_receivers.Count);
        return _receivers[lane];
    }

    private void Look()
    {
        Volatile.Write(ref _isAttending, 0);
        var needsMore = _fixed?.Look(dials: true) == true;
        foreach (var (endpoint, link) in _links)
        {
            needsMore |= link.Look(dials: false);
            if (link.Target is not null && !link.IsConnected && Passed(link.LastUsed, UnusedLimit)
                && _links.TryRemove(new(endpoint, link)))
            {
                Interlocked.Decrement(ref _dialed);
                link.Close("unused");
            }
        }

        if (needsMore)
        {
            Attend();
        }
    }
}
