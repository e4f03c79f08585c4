using System.Net;
using Culvert.Endpoints;
using Culvert.Packets;
using Culvert.Plugins.Transport.Udp;
using Culvert.Plugins.Transport.Udp.Linux;
using Culvert.Plugins.Transport.Udp.Portable;
using Culvert.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Transport.Udp.Tests;

/// <summary>Which implementation a test runs on.</summary>
public enum Twin
{
    LinuxOffload,
    LinuxPlain,
    Portable,
}

/// <summary>A real socket on loopback with the batch that it receives into. Every wait is bounded.</summary>
internal sealed class UdpEnd : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly TestBatch _inbound;
    private readonly PollWait? _wait;
    private bool _more;

    public UdpEnd(
        Twin twin, string listen = "127.0.0.1:0", PacketRoom? room = null, int pathMtu = 65_535, int capacity = 128,
        UdpOptions? options = null, ResolvedPeer? peer = null)
    {
        Context = new TestStageContext(Time, room: room ?? new PacketRoom(0, 65_535, 0), poolCapacity: 4);
        Counters = new UdpCounters(Context.Counters);
        options ??= new UdpOptions { Listen = IPEndPoint.Parse(listen), PathMtu = new PathMtuSetting(pathMtu), Offload = twin == Twin.LinuxOffload ? OffloadSetting.On : OffloadSetting.Off };
        var gate = new InboundGate(Math.Max(Context.Room.Size, options.PathMtu.UpperBound - 28), peer, Counters);
        Socket = twin == Twin.Portable
            ? PortableSocketOpening.OpenPlain(options, Context, Counters, gate)
            : new LinuxDatagramSocket(options, Context, Counters, gate);
        Endpoint = DatagramEndpoint.From(Socket.Local);
        _inbound = new TestBatch(Context, Direction.Inbound, capacity);
        if (OperatingSystem.IsLinux() && Socket.Descriptor is { } descriptor)
        {
            _wait = new PollWait(descriptor);
        }
    }

    public FakeTimeProvider Time { get; } = new();

    public TestStageContext Context { get; }

    public UdpCounters Counters { get; }

    public IDatagramSocket Socket { get; }

    public DatagramEndpoint Endpoint { get; }

    /// <summary>The batch of the last receive.</summary>
    public TestBatch Inbound => _inbound;

    /// <summary>Makes an outbound batch and sends it.</summary>
    public PacketBatch Send(DatagramEndpoint to, params ReadOnlySpan<byte[]> datagrams)
    {
        var batch = Batch(datagrams);
        foreach (var packet in batch)
        {
            var endpoint = packet;
            endpoint.Endpoint = to;
        }

        Socket.Send(batch);
        return batch;
    }

    /// <summary>A batch of copies, nothing sent.</summary>
    public PacketBatch Batch(params ReadOnlySpan<byte[]> datagrams)
    {
        var batch = new TestBatch(Context, Direction.Outbound, Math.Max(1, datagrams.Length));
        foreach (var datagram in datagrams)
        {
            batch.Add(datagram);
        }

        return batch.Batch;
    }

    /// <summary>Receives once, as the host does: where the socket has a descriptor, waits for that first.</summary>
    public void Receive()
    {
        // What did not fit the last batch makes no descriptor readable.
        if (OperatingSystem.IsLinux() && !_more)
        {
            _wait?.Wait();
        }

        Socket.Receive(_inbound.Filler);
        _more = _inbound.Batch.Count == _inbound.Batch.Capacity;
    }

    /// <summary>Ends the wait of <see cref="Receive()"/>.</summary>
    public void Wake()
    {
        if (OperatingSystem.IsLinux() && _wait is not null)
        {
            _wait.Wake();
        }
        else
        {
            Socket.Wake();
        }
    }

    /// <summary>Receives until that many datagrams have come.</summary>
    public List<(byte[] Data, DatagramEndpoint From)> Receive(int count)
    {
        var received = new List<(byte[], DatagramEndpoint)>();
        using var limit = new Timer(_ => Wake(), null, _patience, Timeout.InfiniteTimeSpan);
        var deadline = Environment.TickCount64 + (long)_patience.TotalMilliseconds;
        while (received.Count < count && Environment.TickCount64 < deadline)
        {
            _inbound.Clear();
            Receive();
            foreach (var packet in _inbound.Batch)
            {
                received.Add((packet.Data.ToArray(), packet.Endpoint));
            }
        }

        return received;
    }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
        {
            _wait?.Dispose();
        }

        Socket.Dispose();
        Context.Dispose();
    }
}
