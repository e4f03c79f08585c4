using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Running;

/// <summary>Services that a plugin registers, in the host and in the test kit.</summary>
public sealed class ServicesTests
{
    [Fact]
    public void Stages_that_name_the_same_class_share_its_singletons_until_the_pipeline_closes()
    {
        List<Table> tables = [];
        List<Part> parts = [];
        var plan = PipelinePlanner.Plan(
        [
            End("host", StageShape.HostEndpoint(PacketKind.Ip)), Entry<FirstStage>("first", tables, parts),
            Entry<SecondStage>("second", tables, parts), End("network", StageShape.NetworkEndpoint(PacketKind.Ip, 28)),
        ]).Plan!;
        using (var pipeline = Pipeline.Start(plan, new PipelineOptions
        {
            Lanes = 2,
            HostEnd = _ => new MemoryEndpoint(plan.Stages[0].Shape),
            NetworkEnd = _ => new MemoryEndpoint(plan.Stages[^1].Shape),
        }))
        {
            Assert.Equal(4, tables.Count);
            Assert.Single(tables.Distinct());
            Assert.Equal(4, parts.Distinct().Count());
            Assert.False(tables[0].IsDisposed);
        }

        Assert.True(tables[0].IsDisposed);
    }

    [Fact]
    public void The_host_offers_loggers_and_the_clock()
    {
        var time = new FakeTimeProvider();
        using var context = new TestStageContext(time);

        using var harness = StageHarness.Create<FirstStage, SharingOptions>(new(), context);

        Assert.Same(time, harness.Stage.Table.Time);
        Assert.Contains("the table is made", Assert.Single(context.Log.Lines));
    }

    [Fact]
    public void A_test_may_replace_a_service()
    {
        var own = new Table(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<Table>.Instance);

        using var harness = StageHarness.Create<FirstStage, SharingOptions>(new(), services: services => services.AddSingleton(own));

        Assert.Same(own, harness.Stage.Table);
    }

    [Fact]
    public void The_kit_refuses_what_the_host_refuses()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => StageHarness.Create<UnservedStage, SharingOptions>(new()));

        Assert.Contains("takes 'table', but nothing registers the type", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_kit_refuses_a_shape_that_the_host_refuses()
    {
        var options = new ProbeOptions { Shape = StageShape.Through(PacketKind.Ip) with { Headroom = -1 } };

        var refused = Assert.Throws<InvalidOperationException>(() => StageHarness.Create<ProbeStage, ProbeOptions>(options));

        Assert.Equal("the shape is not valid: Headroom is -1; valid is 0 to 65535", refused.Message);
    }

    private static StageEntry End(string id, StageShape shape) =>
        new() { Id = id, Type = StageType.Of<ProbeStage, ProbeOptions>(), Options = new ProbeOptions { Shape = shape } };

    private static StageEntry Entry<TStage>(string id, List<Table> tables, List<Part> parts)
        where TStage : class, IPacketStage, IStageDefinition<SharingOptions> =>
        new() { Id = id, Type = StageType.Of<TStage, SharingOptions>(), Options = new SharingOptions { Tables = tables, Parts = parts } };

    private sealed record SharingOptions
    {
        public List<Table> Tables { get; init; } = [];

        public List<Part> Parts { get; init; } = [];
    }

    private sealed class Part;

    private sealed class Table : IDisposable
    {
        public Table(TimeProvider time, ILogger<Table> logger)
        {
            Time = time;
            logger.LogInformation("the table is made");
        }

        public TimeProvider Time { get; }

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class TableServices : IStageServices
    {
        public void Register(IServiceCollection services) => services.AddSingleton<Table>().AddTransient<Part>();
    }

    [Stage("first", "Shares a table.", Services = typeof(TableServices))]
    private sealed class FirstStage : IPacketStage, IStageDefinition<SharingOptions>
    {
        public FirstStage(SharingOptions options, Table table, Part part)
        {
            Table = table;
            options.Tables.Add(table);
            options.Parts.Add(part);
        }

        public Table Table { get; }

        public static StageShape Shape(SharingOptions options) => StageShape.Through(PacketKind.Ip);

        public void Outbound(PacketBatch batch)
        {
        }
    }

    [Stage("second", "Shares it, too.", Services = typeof(TableServices))]
    private sealed class SecondStage : IPacketStage, IStageDefinition<SharingOptions>
    {
        public SecondStage(Table table, IStageContext context, SharingOptions options, Part part)
        {
            Assert.Equal("second", context.Id);
            options.Tables.Add(table);
            options.Parts.Add(part);
        }

        public static StageShape Shape(SharingOptions options) => StageShape.Through(PacketKind.Ip);

        public void Inbound(PacketBatch batch)
        {
        }
    }

    [Stage("unserved", "Names no class.")]
    private sealed class UnservedStage(SharingOptions options, IStageContext context, Table table) : IPacketStage, IStageDefinition<SharingOptions>
    {
        public static StageShape Shape(SharingOptions options) => StageShape.Through(PacketKind.Ip);

        public void Outbound(PacketBatch batch) => Assert.NotNull((options, context, table).ToString());
    }
}
