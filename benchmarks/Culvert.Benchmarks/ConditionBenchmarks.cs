using BenchmarkDotNet.Attributes;
using Culvert.Engine.Running;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;

namespace Culvert.Benchmarks;

/// <summary>The cost of an entry's <c>when</c> for one packet, by the share of the packets that match.</summary>
[MemoryDiagnoser]
public class ConditionBenchmarks
{
    private readonly TestStageContext _context = new(mtu: 1420);
    private IPacketStage _plain = null!;
    private IPacketStage _conditional = null!;
    private PacketBatch _batch = null!;

    /// <summary>How many of 128 packets match.</summary>
    [Params(0, 64, 128)]
    public int Matching { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        if (!PacketFilter.TryParse("outbound and tcp and (port 80 or port 443)", out var filter, out var error))
        {
            throw new InvalidOperationException(error.ToString());
        }

        _plain = new TouchStage();
        _conditional = new ConditionalStage(_plain, filter, new StageTraffic());
        var ports = Enumerable.Range(0, BatchOf.Packets).Select(i => i * Matching % BatchOf.Packets < Matching ? 443 : 22);
        _batch = BatchOf.Of(_context, [.. ports.Select(port => PacketBuilder.Ipv4().Tcp(40000, (ushort)port).Payload(1000).Build())]);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = BatchOf.Packets)]
    public void Plain() => _plain.Outbound(_batch);

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void Conditional() => _conditional.Outbound(_batch);

    private sealed class TouchStage : IPacketStage
    {
        private int _seen;

        public void Outbound(PacketBatch batch)
        {
            foreach (var packet in batch)
            {
                _seen += packet.Data[0];
            }
        }
    }
}
