using BenchmarkDotNet.Attributes;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Plugins.Dscp;
using Culvert.Testing;

namespace Culvert.Benchmarks;

/// <summary>The marker's cost for one packet that matches and has the DSCP already, as in a chain's steady state.</summary>
[MemoryDiagnoser]
public class DscpBenchmarks
{
    private readonly TestStageContext _context = new(mtu: 1420);
    private DscpStage _stage = null!;
    private PacketBatch _batch = null!;

    [GlobalSetup]
    public void Setup()
    {
        if (!PacketFilter.TryParse("udp port 5060", out var filter, out var error))
        {
            throw new InvalidOperationException(error.ToString());
        }

        _stage = new DscpStage(new() { Set = 46, Match = filter }, _context);
        _batch = BatchOf.Copies(_context, PacketBuilder.Ipv4().Udp(5060, 5060).Payload(200).Build());
    }

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void Mark() => _stage.Outbound(_batch);
}
