using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Testing;

/// <summary>
/// The host or network endpoint of a pipeline, in memory: what a test injects is received, what the pipeline delivers is
/// captured, or given to <see cref="Sink"/>. Thread-safe: inject from any thread. After <see cref="Lose"/> it behaves like a device
/// that is gone.
/// </summary>
public sealed class MemoryEndpoint : IPacketEndpoint, IDisposable
{
    private readonly Lock _sinkGate = new();
    private readonly object _sourceGate = new();
    private readonly Queue<PacketLease> _waiting;
    private readonly PacketPool _pool;
    private readonly List<EmittedPacket> _captured = [];
    private bool _woken;
    private string? _lost;
    private long _sunk;
    private long _overflowed;

    /// <summary>Creates an endpoint.</summary>
    /// <param name="shape">The shape, of a host or a network endpoint.</param>
    /// <param name="address">What the other side of a link sees as the sender; for a network endpoint.</param>
    /// <param name="queue">The most packets that wait to be received; what is injected beyond is lost and counted.</param>
    /// <param name="largest">The largest packet in bytes.</param>
    public MemoryEndpoint(StageShape shape, DatagramEndpoint address = default, int queue = 4096, int largest = 9216)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Shape = shape;
        Address = address;
        _pool = new PacketPool(new PacketRoom(0, largest, 0), queue, TimeProvider.System);
        _waiting = new Queue<PacketLease>(queue);
    }

    /// <summary>Receives what the pipeline delivers to this endpoint, on the thread of that direction's loop.</summary>
    /// <param name="packet">The bytes; valid only during the call.</param>
    /// <param name="endpoint">Where it is to go.</param>
    public delegate void PacketSink(ReadOnlySpan<byte> packet, DatagramEndpoint endpoint);

    /// <summary>Where packets go instead of being captured; null to capture.</summary>
    public PacketSink? Sink { get; set; }

    /// <summary>The shape of this endpoint.</summary>
    public StageShape Shape { get; }

    /// <summary>The address that the other side of a link sees.</summary>
    public DatagramEndpoint Address { get; }

    /// <summary>The number of packets that the pipeline delivered to this endpoint.</summary>
    public long Sunk => Interlocked.Read(ref _sunk);

    /// <summary>The number of injected packets lost, because too many waited or because they do not fit the pipeline's slots.</summary>
    public long Overflowed => Interlocked.Read(ref _overflowed);

    /// <summary>The number of calls of <see cref="Receive"/> that returned.</summary>
    public long Receives { get; private set; }

    /// <summary>The number of injected packets that wait to be received.</summary>
    public int Waiting
    {
        get { lock (_sourceGate) { return _waiting.Count; } }
    }

    /// <summary>The captured packets, oldest first.</summary>
    public IReadOnlyList<EmittedPacket> Captured
    {
        get { lock (_sinkGate) { return [.. _captured]; } }
    }

    /// <summary>A host endpoint for IP packets.</summary>
    /// <param name="mtu">The largest packet in bytes, or null for what the plan gives.</param>
    public static MemoryEndpoint HostEnd(int? mtu = null) => new(StageShape.HostEndpoint(PacketKind.Ip, new() { Mtu = mtu }));

    /// <summary>A network endpoint for datagrams over IPv4.</summary>
    /// <param name="address">What the other side sees as the sender.</param>
    /// <param name="pathMtu">The path MTU in bytes.</param>
    public static MemoryEndpoint NetworkEnd(DatagramEndpoint address = default, int pathMtu = 1500)
    {
        const int ipv4AndUdpHeaders = 28;
        return new(StageShape.NetworkEndpoint(PacketKind.Datagram, ipv4AndUdpHeaders, new() { PathMtu = pathMtu }), address);
    }

    /// <summary>Puts a packet where <see cref="Receive"/> finds it. From any thread; the bytes are copied.</summary>
    /// <returns>False when too many wait: the packet is lost and counted.</returns>
    public bool Inject(ReadOnlySpan<byte> packet, DatagramEndpoint from = default)
    {
        if (!_pool.TryRent(holder: null, packet.Length, out var lease))
        {
            Interlocked.Increment(ref _overflowed);
            return false;
        }

        packet.CopyTo(lease.Data);
        lease.Endpoint = from;
        lock (_sourceGate)
        {
            _waiting.Enqueue(lease);
            Monitor.Pulse(_sourceGate);
        }

        return true;
    }

    /// <summary>Makes the endpoint behave like a device that is gone: the next <see cref="Receive"/> throws.</summary>
    public void Lose(string message)
    {
        lock (_sourceGate)
        {
            _lost = message;
            Monitor.Pulse(_sourceGate);
        }
    }

    /// <summary>Waits until the pipeline has delivered this many packets to this endpoint, captured or not.</summary>
    /// <returns>False when the time ran out.</returns>
    public bool WaitForSunk(long count, TimeSpan limit)
    {
        var until = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (Sunk < count)
        {
            if (Environment.TickCount64 > until)
            {
                return false;
            }

            Thread.Sleep(1);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Receive(PacketFiller filler)
    {
        lock (_sourceGate)
        {
            while (_waiting.Count == 0 && !_woken && _lost is null)
            {
                Monitor.Wait(_sourceGate);
            }

            if (_lost is not null)
            {
                throw new EndpointLostException(_lost);
            }

            _woken = false;
            Receives++;
            while (!filler.IsFull && _waiting.TryDequeue(out var lease))
            {
                Hand(lease, filler);
            }
        }
    }

    /// <inheritdoc/>
    public void Wake()
    {
        lock (_sourceGate)
        {
            _woken = true;
            Monitor.Pulse(_sourceGate);
        }
    }

    /// <summary>The sink of a network endpoint.</summary>
    public void Outbound(PacketBatch batch)
    {
        if (Shape.IsNetworkEndpoint)
        {
            Write(batch);
        }
    }

    /// <summary>The sink of a host endpoint.</summary>
    public void Inbound(PacketBatch batch)
    {
        if (Shape.IsHostEndpoint)
        {
            Write(batch);
        }
    }

    /// <summary>Returns the packets that still wait to the pool.</summary>
    public void Dispose()
    {
        lock (_sourceGate)
        {
            while (_waiting.TryDequeue(out var lease))
            {
                lease.Dispose();
            }
        }
    }

    private void Hand(PacketLease lease, PacketFiller filler)
    {
        if (lease.Length <= filler.Room.Size)
        {
            var packet = filler.Add(lease.Length);
            lease.Data.CopyTo(packet.Data);
            packet.Endpoint = lease.Endpoint;
        }
        else
        {
            Interlocked.Increment(ref _overflowed);
        }

        lease.Dispose();
    }

    private void Write(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (var packet in batch)
        {
            if (Sink is { } sink)
            {
                sink(packet.Data, packet.Endpoint);
            }
            else
            {
                var copy = new EmittedPacket(batch.Direction, packet.Data.ToArray(), packet.Endpoint) { TrafficClass = packet.TrafficClass, MayFragment = packet.MayFragment };
                lock (_sinkGate)
                {
                    _captured.Add(copy);
                }
            }

            Interlocked.Increment(ref _sunk);
        }
    }
}
