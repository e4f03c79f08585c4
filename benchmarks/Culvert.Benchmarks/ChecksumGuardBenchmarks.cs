using BenchmarkDotNet.Attributes;
using Culvert.Packets;
using Culvert.Plugins.ChecksumGuard;
using Culvert.Testing;
using Culvert.Wire;

namespace Culvert.Benchmarks;

/// <summary>What the guard costs one packet with right checksums, IPv4 header and TCP. Bytes a second follow: length / mean.</summary>
[MemoryDiagnoser]
[MinColumn]
public class ChecksumGuardBenchmarks
{
    private const int Headers = 40;

    private readonly TestStageContext _context = new(mtu: 1420);
    private ChecksumGuardStage _stage = null!;
    private PacketBatch _batch = null!;

    /// <summary>The packet's length in bytes.</summary>
    [Params(64, 576, 1420)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _stage = new ChecksumGuardStage(new ChecksumGuardOptions(), _context);
        var payload = new byte[Length - Headers];
        new Random(1).NextBytes(payload);
        _batch = BatchOf.Copies(_context, PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Ack).Payload(payload).Build());
    }

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void Judge() => _stage.Outbound(_batch);
}
