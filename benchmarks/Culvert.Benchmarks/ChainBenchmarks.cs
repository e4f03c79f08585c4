using BenchmarkDotNet.Attributes;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;

namespace Culvert.Benchmarks;

/// <summary>
/// What a stage more costs one packet: chains of stages that touch each packet's first byte and pass it on, with the engine's own
/// counting around each.
/// </summary>
[MemoryDiagnoser]
public class ChainBenchmarks
{
    private readonly TestStageContext _context = new(mtu: 1420);
    private readonly ChainWalker _walker = new(Direction.Outbound, new NoFaults());
    private Chain _chain = null!;
    private PacketBatch _batch = null!;

    [Params(0, 1, 2, 4, 8, 16, 32)]
    public int Stages { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        StageShape[] shapes =
        [
            StageShape.HostEndpoint(PacketKind.Ip),
            .. Enumerable.Repeat(StageShape.Through(PacketKind.Ip), Stages),
            StageShape.NetworkEndpoint(PacketKind.Ip, 28, new() { PathMtu = 1500 }),
        ];
        _chain = IdleChain.Of(IdleChain.Plan(shapes), () => new TouchStage());
        _batch = BatchOf.Copies(_context, PacketBuilder.Ipv4().Tcp().Payload(1000).Build());
    }

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void Walk() => _walker.Walk(_chain, entry: 0, _batch);

    /// <summary>Touches each packet and passes it on.</summary>
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
