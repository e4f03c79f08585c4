using BenchmarkDotNet.Attributes;
using Culvert.Filtering;
using Culvert.Options;
using Culvert.Plugins.Capture;
using Culvert.Testing;

namespace Culvert.Benchmarks;

/// <summary>The stage's cost for one packet that does not match, and for one that matches above the rate.</summary>
[MemoryDiagnoser]
public class CaptureStageBenchmarks
{
    private readonly TestStageContext _context = new(mtu: 1420);
    private CaptureStage _other = null!;
    private CaptureStage _skipping = null!;
    private Packets.PacketBatch _batch = null!;

    [GlobalSetup]
    public void Setup()
    {
        PacketFilter.TryParse("udp port 53", out var filter, out _);
        var file = new FilePath("x", Path.Combine(Path.GetTempPath(), "culvert-benchmark.pcapng"));
        _other = new CaptureStage(new() { File = file, Match = filter! }, _context);
        _skipping = new CaptureStage(new() { File = file, Rate = 1 }, _context);
        _batch = BatchOf.Copies(_context, PacketBuilder.Ipv4().Tcp().Payload(1360).Build());
    }

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void NoMatch() => _other.Outbound(_batch);

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void AboveTheRate() => _skipping.Outbound(_batch);
}
