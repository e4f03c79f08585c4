using System.Buffers;
using BenchmarkDotNet.Attributes;
using Culvert.Endpoints.Captures;
using Culvert.Engine.Inspection;
using Culvert.Engine.Running;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;

namespace Culvert.Benchmarks;

/// <summary>
/// What a live capture costs one packet of 1400 bytes between tun, two stages, a seal and the network: off; on with a filter that no packet
/// matches; and with one packet of 256 that matches, formatted in the same thread.
/// </summary>
[MemoryDiagnoser]
public class CaptureBenchmarks
{
    private const int Batches = 2;

    // The capture's budget is a share of this time, not of that of the measurement.
    private const int PacketsPerSecond = 250_000;

    private readonly TestStageContext _context = new(mtu: 1420);
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly CaptureQueue _queue = new();
    private ChainWalker _walker = null!;
    private ChainWalker _watched = null!;
    private CaptureEncoder _encoder = null!;
    private CaptureClock _clock = null!;
    private long _now;
    private Chain _chain = null!;
    private PacketBatch _ordinary = null!;
    private PacketBatch _mixed = null!;

    [Params(Direction.Outbound, Direction.Inbound)]
    public Direction Direction { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        StageShape[] shapes =
        [
            StageShape.HostEndpoint(PacketKind.Ip), StageShape.Through(PacketKind.Ip), StageShape.Through(PacketKind.Ip),
            new StageShape { Above = PacketKind.Ip, Below = PacketKind.Datagram },
            StageShape.NetworkEndpoint(PacketKind.Datagram, 28, new() { PathMtu = 1500 }),
        ];
        var plan = IdleChain.Plan(shapes);
        _chain = IdleChain.Of(plan, IdleChain.Stage);
        PacketFilter.TryParse("icmp", out var filter, out _);
        var request = new CaptureRequest(filter!);
        _walker = new ChainWalker(Direction, new NoFaults());
        _watched = new ChainWalker(Direction, new NoFaults())
        {
            Observer = new ObserverSet([new CaptureObserver(request, _queue, Direction, () => _chain.SourceNode(Direction), _context.Time.TimestampFrequency)]),
        };
        _clock = new CaptureClock(_context.Time);
        _encoder = new CaptureEncoder(request, _output);
        _encoder.Announce(plan, 51820);
        var data = PacketBuilder.Ipv4().Tcp().Payload(1360).Build();
        _ordinary = BatchOf.Of(_context, [.. Enumerable.Repeat(data, BatchOf.Packets)], Direction);
        _mixed = BatchOf.Of(_context, [.. Enumerable.Repeat(data, BatchOf.Packets - 1), PacketBuilder.Ipv4().Icmp(8).Build()], Direction);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Batches * BatchOf.Packets)]
    public void Off()
    {
        _walker.Walk(_chain, entry: 0, _ordinary);
        _walker.Walk(_chain, entry: 0, _ordinary);
    }

    [Benchmark(OperationsPerInvoke = Batches * BatchOf.Packets)]
    public void NoneMatches()
    {
        _watched.Walk(_chain, entry: 0, Now(_ordinary));
        _watched.Walk(_chain, entry: 0, Now(_ordinary));
    }

    [Benchmark(OperationsPerInvoke = Batches * BatchOf.Packets)]
    public void OneOf256Matches()
    {
        _watched.Walk(_chain, entry: 0, Now(_ordinary));
        _watched.Walk(_chain, entry: 0, Now(_mixed));
        while (_queue.TryTake(out var packet))
        {
            _encoder.Write(packet, _clock);
            _queue.Return(packet);
        }

        _output.ResetWrittenCount();
    }

    private PacketBatch Now(PacketBatch batch)
    {
        batch.Timestamp = _now += _context.Time.TimestampFrequency * BatchOf.Packets / PacketsPerSecond;
        return batch;
    }
}
