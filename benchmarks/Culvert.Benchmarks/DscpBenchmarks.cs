using BenchmarkDotNet.Attributes;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Plugins.Dscp;
using Culvert.Testing;

namespace Culvert.Benchmarks;

/// <summary>The marker's cost for one packet that matches and has the DSCP already, as in a chain's steady state; copying for 1,024 flows in turn.</summary>
[MemoryDiagnoser]
public class DscpBenchmarks
{
    private const int Flows = 1024;

    private readonly TestStageContext _context = new(mtu: 1420);
    private DscpStage _stage = null!;
    private DscpStage _copier = null!;
    private PacketBatch _batch = null!;
    private PacketBatch[] _flows = [];
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        if (!PacketFilter.TryParse("udp port 5060", out var filter, out var error))
        {
            throw new InvalidOperationException(error.ToString());
        }

        _stage = new DscpStage(new() { Set = 46, Match = filter }, _context);
        _copier = new DscpStage(new() { Copy = DscpSource.Outbound }, _context);
        _flows = [.. Enumerable.Range(0, Flows).Chunk(BatchOf.Packets).Select(chunk => BatchOf.Of(
            _context, [.. chunk.Select(i => PacketBuilder.Ipv4("10.255.0.1", $"10.0.{i >> 8}.{i & 255}").Udp(5060, 5060).Payload(200).Build())]))];
        foreach (var chunk in Enumerable.Range(0, Flows).Chunk(BatchOf.Packets))
        {
            _copier.Outbound(BatchOf.Of(_context, [.. chunk.Select(i => PacketBuilder.Ipv4($"10.0.{i >> 8}.{i & 255}", "10.255.0.1").Udp(5060, 5060).Build())]));
        }

        _batch = BatchOf.Copies(_context, PacketBuilder.Ipv4().Udp(5060, 5060).Payload(200).Build());
    }

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void Copy()
    {
        _copier.Inbound(_flows[_next]);
        _next = (_next + 1) % _flows.Length;
    }

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void Mark() => _stage.Outbound(_batch);
}
