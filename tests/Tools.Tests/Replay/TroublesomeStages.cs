using Culvert.Engine.Loading;
using Culvert.Engine.Planning;
using Culvert.Engine.Plugins;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace Tools.Tests.Replay;

/// <summary>Pipelines of stages that do what a stage should not, or rarely does, between ends that are never opened.</summary>
internal static class TroublesomeStages
{
    private static readonly FixedStages Catalog = new(
        StageType.Of<HostModel, NoOptions>(), StageType.Of<NetworkModel, NoOptions>(), StageType.Of<OldArithmetic, NoOptions>(),
        StageType.Of<Thrower, NoOptions>(), StageType.Of<Answerer, NoOptions>(), StageType.Of<Keeper, NoOptions>(),
        StageType.Of<Echoer, NoOptions>());

    public static PipelinePlan Plan(params string[] stages)
    {
        var lines = stages.Prepend("host").Append("network").Select(name => $"  - stage: {name}\n");
        var loaded = new PipelineLoader(Catalog).LoadText("stages:\n" + string.Concat(lines), "test.yaml", "/");
        Assert.True(loaded.IsValid, string.Join('\n', loaded.Diagnostics));
        return loaded.Plan;
    }

    internal sealed record NoOptions;

    [Stage("host", "A host end.")]
    internal sealed class HostModel : IPacketEndpoint, IStageDefinition<NoOptions>
    {
        public static StageShape Shape(NoOptions options) => StageShape.HostEndpoint(PacketKind.Ip);

        public void Receive(PacketFiller filler) => throw new InvalidOperationException("It is replaced.");

        public void Wake()
        {
        }
    }

    [Stage("network", "A network end.")]
    internal sealed class NetworkModel : IPacketEndpoint, IStageDefinition<NoOptions>
    {
        public static StageShape Shape(NoOptions options) => StageShape.NetworkEndpoint(PacketKind.Ip, 28, new() { PathMtu = 1500 });

        public void Receive(PacketFiller filler) => throw new InvalidOperationException("It is replaced.");

        public void Wake()
        {
        }
    }

    /// <summary>Clamps to 1405 as tinc 1.0.16 did: the update in two's complement, where a borrow is lost.</summary>
    [Stage("old-arithmetic", "Clamps wrong.")]
    internal sealed class OldArithmetic : IPacketStage, IStageDefinition<NoOptions>
    {
        public OldArithmetic(NoOptions options, IStageContext context)
        {
            Assert.NotNull(options);
            Assert.NotNull(context);
        }

        public static StageShape Shape(NoOptions options) =>
            StageShape.Through(PacketKind.Ip, HeaderFields.TcpMss | HeaderFields.TransportChecksum);

        public void Outbound(PacketBatch batch)
        {
            foreach (var packet in batch)
            {
                if (!IpView.TryParse(packet.Data, out var ip) || !TcpView.TryParse(ip.Transport, out var tcp) || !tcp.IsSyn)
                {
                    continue;
                }

                foreach (var option in tcp.Options)
                {
                    if (option.Mss > 1405)
                    {
                        var checksum = (ushort)~(~tcp.Checksum - option.Mss + 1405);
                        option.Mss = 1405;
                        tcp.Checksum = checksum;
                    }
                }
            }
        }
    }

    [Stage("thrower", "Throws.")]
    internal sealed class Thrower : IPacketStage, IStageDefinition<NoOptions>
    {
        public Thrower(NoOptions options, IStageContext context)
        {
            Assert.NotNull(options);
            Assert.NotNull(context);
        }

        public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);

        public void Outbound(PacketBatch batch) => throw new InvalidOperationException("a bug");
    }

    /// <summary>Answers each packet with its first 20 bytes, from the service thread.</summary>
    [Stage("answerer", "Answers.")]
    internal sealed class Answerer(NoOptions options, IStageContext context) : IPacketStage, IStageDefinition<NoOptions>
    {
        public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);

        public void Outbound(PacketBatch batch)
        {
            Assert.NotNull(options);
            context.Post(() =>
            {
                Assert.True(context.TryRent(20, out var lease));
                lease.Data.Fill(0x45);
                context.Emit(Direction.Inbound, lease);
            });
        }
    }

    /// <summary>Keeps each packet for a second.</summary>
    [Stage("keeper", "Keeps.")]
    internal sealed class Keeper(NoOptions options, IStageContext context) : IPacketStage, IStageDefinition<NoOptions>
    {
        public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);

        public void Outbound(PacketBatch batch)
        {
            Assert.NotNull(options);
            foreach (var packet in batch)
            {
                Assert.True(packet.TryTake(out var lease));
                context.CreateTimer(() => context.Emit(Direction.Outbound, lease)).Schedule(TimeSpan.FromSeconds(1));
            }
        }
    }

    /// <summary>Answers its own answers without end.</summary>
    [Stage("echoer", "Never stops.")]
    internal sealed class Echoer(NoOptions options, IStageContext context) : IPacketStage, IStageDefinition<NoOptions>
    {
        public static StageShape Shape(NoOptions options) => StageShape.Through(PacketKind.Ip);

        public void Outbound(PacketBatch batch)
        {
            Assert.NotNull(options);
            context.Post(Again);
        }

        private void Again() => context.Post(Again);
    }
}
