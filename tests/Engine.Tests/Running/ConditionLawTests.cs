using System.Buffers.Binary;
using CsCheck;
using Culvert.Counters;
using Culvert.Engine.Running;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;

namespace Engine.Tests.Running;

public class ConditionLawTests
{
    private enum Fate
    {
        Drop,
        Consume,
        Change,
        Keep,
    }

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void Whatever_a_stage_does_to_its_packets_the_others_stay_in_their_places(Direction direction)
    {
        Assert.True(PacketFilter.TryParse("udp port 80", out var filter, out _));
        using var context = new TestStageContext();
        var stage = new FateStage(context.Counters.DropReason("why", "A reason."));
        var traffic = new StageTraffic();
        var conditional = new ConditionalStage(stage, filter, traffic);
        Gen.Select(Gen.Bool, Gen.Int[0, 3]).Array[1, 128].Sample(
            plan =>
            {
                var batch = new TestBatch(context, direction);
                stage.Seen = 0;
                stage.Fates = [.. plan.Select(each => (Fate)each.Item2)];
                for (var i = 0; i < plan.Length; i++)
                {
                    batch.Add(PacketBuilder.Ipv4().Udp((ushort)(1000 + i), (ushort)(plan[i].Item1 ? 80 : 53)).Payload(1, 2, 3).Build());
                }

                var passedBy = traffic.PassedBy;
                Run(conditional, batch.Batch);

                var expected = plan.Index().Where(each => !each.Item.Item1 || stage.Fates[each.Index] >= Fate.Change)
                    .Select(each => (each.Index, each.Item.Item1 && stage.Fates[each.Index] == Fate.Change));
                Assert.Equal(expected, Survivors(batch.Batch));
                Assert.Equal(plan.Length, batch.Batch.Count);
                Assert.Equal(plan.Count(each => each.Item1), stage.Seen);
                Assert.Equal(plan.Count(each => !each.Item1), traffic.PassedBy - passedBy);
            },
            iter: 300, threads: 1);
    }

    private static void Run(IPacketStage stage, PacketBatch batch)
    {
        if (batch.Direction == Direction.Outbound)
        {
            stage.Outbound(batch);
        }
        else
        {
            stage.Inbound(batch);
        }
    }

    private static List<(int, bool)> Survivors(PacketBatch batch)
    {
        var found = new List<(int, bool)>();
        foreach (var packet in batch)
        {
            found.Add((NumberOf(packet), packet.Data[^1] == 0xFF));
        }

        return found;
    }

    private static int NumberOf(Packet packet) => BinaryPrimitives.ReadUInt16BigEndian(packet.Data[20..]) - 1000;

    private sealed class FateStage(DropReason reason) : IPacketStage
    {
        public Fate[] Fates { get; set; } = [];

        public int Seen { get; set; }

        public void Outbound(PacketBatch batch)
        {
            Seen = batch.Count;
            foreach (var packet in batch)
            {
                switch (Fates[NumberOf(packet)])
                {
                    case Fate.Drop:
                        packet.Drop(reason);
                        break;
                    case Fate.Consume:
                        packet.Consume();
                        break;
                    case Fate.Change:
                        packet.Data[^1] = 0xFF;
                        break;
                }
            }
        }

        public void Inbound(PacketBatch batch) => Outbound(batch);
    }
}
