using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Stages;
using Culvert.Testing;
using Microsoft.Extensions.Logging;

namespace Engine.Tests.Running;

/// <summary>A pipeline between two ends in memory, with probe stages between them.</summary>
internal sealed class Rig : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private Rig(Pipeline pipeline, MemoryEndpoint host, MemoryEndpoint network, MemoryLogger log) =>
        (Pipeline, Host, Network, Log) = (pipeline, host, network, log);

    public Pipeline Pipeline { get; }

    public MemoryEndpoint Host { get; }

    public MemoryEndpoint Network { get; }

    public MemoryLogger Log { get; }

    /// <summary>Starts a pipeline of probes between a host end for IP packets and a network end for what the last one hands on.</summary>
    public static Rig Start(params (string Id, ProbeOptions Options)[] stages) => Start(new PipelineOptions(), FaultPolicy.Drop, stages);

    public static Rig Start(PipelineOptions options, FaultPolicy onFault, params (string Id, ProbeOptions Options)[] stages) =>
        Start(Plan(onFault, stages), options);

    public static Rig Start(PipelinePlan plan, PipelineOptions? options = null)
    {
        var log = new MemoryLogger();
        var host = new MemoryEndpoint(plan.Stages[0].Shape, queue: 20_000);
        var network = new MemoryEndpoint(plan.Stages[^1].Shape, queue: 20_000);
        var pipeline = Pipeline.Start(plan, (options ?? new PipelineOptions()) with
        {
            LoggerFactory = new OneLog(log),
            HostEnd = _ => host,
            NetworkEnd = _ => network,
        });
        return new Rig(pipeline, host, network, log);
    }

    public static PipelinePlan Plan(FaultPolicy onFault, params (string Id, ProbeOptions Options)[] stages) => Plan(
    [
        .. stages.Select(stage => Probe(stage.Id, stage.Options) with
        {
            When = stage.Options.When,
            OnFault = stage.Options.Shape.Above == stage.Options.Shape.Below ? onFault : FaultPolicy.Drop,
        }),
    ]);

    /// <summary>A plan of these entries between two endpoints.</summary>
    public static PipelinePlan Plan(IReadOnlyList<StageEntry> stages)
    {
        var below = stages[^1].Type.Shape(stages[^1].Options).Below;
        var planned = PipelinePlanner.Plan(
        [
            Probe("host", new ProbeOptions { Shape = StageShape.HostEndpoint(PacketKind.Ip) }),
            .. stages,
            Probe("network", new ProbeOptions { Shape = StageShape.NetworkEndpoint(below, 28, new() { PathMtu = 1500 }) }),
        ]);
        Assert.True(planned.IsValid, string.Join("; ", planned.Diagnostics));
        return planned.Plan!;
    }

    public static StageEntry Probe(string id, ProbeOptions options) =>
        new() { Id = id, Type = StageType.Of<ProbeStage, ProbeOptions>(), Options = options };

    public static byte[] Packet(int number) => [0x45, 0, 0, 0, .. BitConverter.GetBytes(number)];

    public static int NumberOf(EmittedPacket packet) => BitConverter.ToInt32(packet.Bytes, 4);

    public void Dispose() => Pipeline.Dispose();

    private sealed class OneLog(MemoryLogger log) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
