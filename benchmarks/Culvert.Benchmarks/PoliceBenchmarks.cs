using BenchmarkDotNet.Attributes;
using Culvert.Packets;
using Culvert.Plugins.Police;
using Culvert.Testing;

namespace Culvert.Benchmarks;

/// <summary>The policer's cost for one packet within the rate: with one bucket, and with one for each of so many addresses in turn.</summary>
[MemoryDiagnoser]
[MinColumn]
public class PoliceBenchmarks
{
    private const int Addresses = 1024;

    private readonly TestStageContext _context = new(new StandingClock(), mtu: 1420);
    private PoliceStage _all = null!;
    private PoliceStage _perAddress = null!;
    private PacketBatch[] _batches = [];
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        var options = new PoliceOptions { Rate = new(100_000_000_000, IsPackets: false), Burst = new(null, 100_000_000_000) };
        _all = new PoliceStage(options, _context);
        _perAddress = new PoliceStage(options with { Per = new(false, 32) }, _context);
        _batches = [.. Enumerable.Range(0, Addresses).Chunk(BatchOf.Packets).Select(chunk => BatchOf.Of(_context, [.. chunk.Select(Packet)]))];
    }

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void All() => Run(_all);

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void PerAddress() => Run(_perAddress);

    private void Run(PoliceStage stage)
    {
        stage.Outbound(_batches[_next]);
        _next = (_next + 1) % _batches.Length;
    }

    private static byte[] Packet(int i) => PacketBuilder.Ipv4("10.0.0.1", $"10.9.{i >> 8}.{i & 255}").Udp().Payload(100).Build();

    // Batches of the test kit have a timestamp of 0.
    private sealed class StandingClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
