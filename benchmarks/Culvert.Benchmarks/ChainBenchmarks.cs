using BenchmarkDotNet.Attributes;
using Culvert.Engine.Configuration;
using Culvert.Engine.Loading;
using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;
using Microsoft.Extensions.Logging.Abstractions;

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
        var planned = PipelinePlanner.Plan([.. shapes.Select((shape, place) => new StageEntry
        {
            Id = $"touch-{place}",
            Type = StageType.Of<TouchStage, TouchOptions>(),
            Options = new TouchOptions { Shape = shape },
        })]);
        _chain = new Chain(planned.Plan!.Stages.Select(Node).ToArray());
        _batch = BatchOf.Copies(_context, PacketBuilder.Ipv4().Tcp().Payload(1000).Build());
    }

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void Walk() => _walker.Walk(_chain, entry: 0, _batch);

    private static StageNode Node(PlannedStage stage)
    {
        var node = new StageUnit(stage, lanes: 1, NullLogger.Instance, NamedFiles.Of(null), predecessor: null).Nodes[0];
        node.Stage = stage.Shape.IsHostEndpoint || stage.Shape.IsNetworkEndpoint ? new SilentEnd() : new TouchStage();
        return node;
    }

    /// <summary>Its shape, so that one class stands for ends and stages in the plan.</summary>
    public sealed record TouchOptions
    {
        public StageShape Shape { get; init; } = StageShape.Through(PacketKind.Ip);
    }

    [Stage("touch", "Touches each packet and passes it on.")]
    private sealed class TouchStage : IPacketStage, IStageDefinition<TouchOptions>
    {
        private int _seen;

        public static StageShape Shape(TouchOptions options) => options.Shape;

        public void Outbound(PacketBatch batch)
        {
            foreach (var packet in batch)
            {
                _seen += packet.Data[0];
            }
        }
    }

    /// <summary>An end that has nothing and keeps nothing.</summary>
    private sealed class SilentEnd : IPacketEndpoint
    {
        public void Receive(PacketFiller filler)
        {
        }

        public void Wake()
        {
        }
    }

    private sealed class NoFaults : IFaultSink
    {
        public void BatchFault(StageNode node, Direction direction, int packets, Exception error) => throw error;

        public void ServiceFault(StageNode node, Exception error) => throw error;
    }
}
