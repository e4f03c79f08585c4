using System.Buffers.Binary;
using Culvert.Counters;
using Culvert.Engine.Inspection;
using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Testing;

namespace Engine.Tests.Running;

/// <summary>An entry with <c>when</c>.</summary>
public class ConditionTests
{
    private const ushort Matching = 80;
    private const ushort Other = 53;

    private static readonly PacketFilter _when = Parse("udp port 80");

    [Theory]
    [InlineData(Direction.Outbound)]
    [InlineData(Direction.Inbound)]
    public void Only_matching_packets_go_through_and_all_keep_their_order(Direction direction)
    {
        var random = new Random(3);
        var packets = Enumerable.Range(1, 500).Select(i => Packet(i, random.Next(2) == 0 ? Matching : Other)).ToArray();
        List<int> seen = [];
        List<int> counts = [];
        void Note(PacketBatch batch)
        {
            counts.Add(batch.Count);
            foreach (var packet in batch)
            {
                seen.Add(NumberOf(packet.Data));
            }
        }

        var options = new ProbeOptions { When = _when, Outbound = (_, batch) => Note(batch), Inbound = (_, batch) => Note(batch) };
        using var rig = Rig.Start(("a", new ProbeOptions()), ("some", options), ("b", new ProbeOptions()));
        var (from, to) = direction == Direction.Outbound ? (rig.Host, rig.Network) : (rig.Network, rig.Host);
        Array.ForEach(packets, packet => from.Inject(packet));
        Assert.True(to.WaitForSunk(packets.Length, Rig.Patience));
        rig.Pipeline.Dispose();

        Assert.Equal(packets, to.Captured.Select(packet => packet.Bytes));
        Assert.Equal(packets.Where(IsMatching).Select(packet => NumberOf(packet)), seen);
        Assert.Equal(seen.Count, counts.Sum());
        Assert.DoesNotContain(0, counts);
        var status = Stage(rig, "some");
        var traffic = direction == Direction.Outbound ? status.Outbound : status.Inbound;
        Assert.Equal((500, 500 - seen.Count, 500), (traffic.PacketsIn, traffic.PassedBy, traffic.PacketsOut));
        Assert.Equal(_when, status.When);
    }

    [Fact]
    public void What_the_stage_drops_is_gone_and_the_others_keep_their_order()
    {
        DropReason? reason = null;
        var options = new ProbeOptions
        {
            When = _when,
            Constructed = context => reason = context.Counters.DropReason("why", "A reason."),
            Outbound = (_, batch) =>
            {
                foreach (var packet in batch)
                {
                    if (NumberOf(packet.Data) % 3 == 0)
                    {
                        packet.Drop(reason!);
                    }
                    else
                    {
                        packet.Data[^1] = 0xFF;
                    }
                }
            },
        };
        using var rig = Rig.Start(("first", Gate(out var open)), ("some", options));
        var packets = Enumerable.Range(0, 60).Select(i => Packet(i, i % 2 == 0 ? Matching : Other)).ToArray();
        Array.ForEach(packets, packet => rig.Host.Inject(packet));
        open.Set();
        Assert.True(rig.Network.WaitForSunk(50, Rig.Patience));
        rig.Pipeline.Dispose();

        Assert.Equal(Enumerable.Range(0, 60).Where(i => i % 6 != 0), rig.Network.Captured.Select(packet => NumberOf(packet.Bytes)));
        Assert.All(rig.Network.Captured, packet => Assert.Equal(IsMatching(packet.Bytes), packet.Bytes[^1] == 0xFF));
        Assert.Equal(10, Stage(rig, "some").Outbound.Dropped);
    }

    [Fact]
    public void What_passes_by_a_stage_that_throws_is_not_lost()
    {
        using var rig = Rig.Start(
            ("first", Gate(out var open)),
            ("bad", new ProbeOptions { When = _when, Outbound = (_, _) => throw new InvalidOperationException("off by one") }),
            ("last", new ProbeOptions()));
        var packets = Enumerable.Range(0, 60).Select(i => Packet(i, i % 3 == 1 ? Matching : Other)).ToArray();
        Array.ForEach(packets, packet => rig.Host.Inject(packet));
        open.Set();
        Assert.True(rig.Network.WaitForSunk(40, Rig.Patience));
        rig.Pipeline.Dispose();

        Assert.Equal(Enumerable.Range(0, 60).Where(i => i % 3 != 1), rig.Network.Captured.Select(packet => NumberOf(packet.Bytes)));
        var bad = Stage(rig, "bad").Outbound;
        Assert.Equal((60, 20, 40, 40), (bad.PacketsIn, bad.Faulted, bad.PassedBy, bad.PacketsOut));
        Assert.Equal(40, Stage(rig, "last").Outbound.PacketsIn);
    }

    [Fact]
    public void What_passes_by_a_stage_that_does_not_return_is_counted_with_its_batch()
    {
        using var release = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var blocking = new ProbeOptions
        {
            When = _when,
            Outbound = (_, _) =>
            {
                entered.Set();
                release.Wait(Rig.Patience);
            },
        };
        using var rig = Rig.Start(
            new PipelineOptions { CloseLimit = TimeSpan.FromMilliseconds(300) }, FaultPolicy.Drop, ("first", Gate(out var open)), ("blocking", blocking));
        // While one packet waits at the gate, the five that follow become one batch.
        rig.Host.Inject(Packet(9, Other));
        Assert.True(SpinWait.SpinUntil(() => rig.Host.Waiting == 0, Rig.Patience));
        Enumerable.Range(0, 5).ToList().ForEach(i => rig.Host.Inject(Packet(i, i is 1 or 2 ? Matching : Other)));
        open.Set();
        Assert.True(entered.Wait(Rig.Patience));
        rig.Pipeline.Dispose();

        Assert.Equal(1, rig.Network.Sunk);
        Assert.Equal(["stuck{direction=outbound}: 5 packets"], Stage(rig, "blocking").Counters.Where(counter => counter.IsDropReason).Select(counter => counter.ToString()));
        release.Set();
    }

    [Fact]
    public void A_reload_changes_the_condition_and_keeps_the_stage()
    {
        var made = 0;
        List<int> seen = [];
        var options = new ProbeOptions
        {
            When = _when,
            Constructed = _ => made++,
            Outbound = (_, batch) =>
            {
                foreach (var packet in batch)
                {
                    seen.Add(NumberOf(packet.Data));
                }
            },
        };
        using var rig = Rig.Start(("some", options));
        rig.Host.Inject(Packet(1, Matching));
        rig.Host.Inject(Packet(2, Other));
        Assert.True(rig.Network.WaitForSunk(2, Rig.Patience));
        var plan = Rig.Plan(FaultPolicy.Drop, ("some", options));
        var changed = plan.Stages.Select(stage => stage.Entry.Id == "some" ? stage with { Entry = stage.Entry with { When = Parse("udp port 53") } } : stage);
        var result = rig.Pipeline.Reload(plan with { Stages = [.. changed] });
        rig.Host.Inject(Packet(3, Matching));
        rig.Host.Inject(Packet(4, Other));
        Assert.True(rig.Network.WaitForSunk(4, Rig.Patience));

        Assert.Contains("some", result.Kept);
        Assert.Equal(1, made);
        Assert.Equal([1, 4], seen);
    }

    [Fact]
    public async Task A_trace_shows_what_passed_by()
    {
        using var rig = Rig.Start(("some", new ProbeOptions { When = _when }));
        using var limit = new CancellationTokenSource(Rig.Patience);
        var reader = rig.Pipeline.TraceAsync(PacketFilter.Everything, 2, limit.Token).GetAsyncEnumerator();
        var next = reader.MoveNextAsync();
        rig.Host.Inject(Packet(1, Other));
        rig.Host.Inject(Packet(2, Matching));
        Assert.True(await next);
        Assert.Equal(("passed-by", "not udp port 80"), (reader.Current.Steps[0].Outcome, reader.Current.Steps[0].Reason));
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal("passed", reader.Current.Steps[0].Outcome);
    }

    private static PacketFilter Parse(string text)
    {
        Assert.True(PacketFilter.TryParse(text, out var filter, out _));
        return filter;
    }

    // Holds the first batch until all packets wait, so that the next ones come together.
    private static ProbeOptions Gate(out ManualResetEventSlim open)
    {
        var gate = open = new ManualResetEventSlim();
        return new ProbeOptions { Outbound = (_, _) => Assert.True(gate.Wait(Rig.Patience)) };
    }

    private static byte[] Packet(int number, ushort port) => PacketBuilder.Ipv4().Udp((ushort)(1000 + number), port).Payload(20).Build();

    private static int NumberOf(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt16BigEndian(packet[20..]) - 1000;

    private static bool IsMatching(byte[] packet) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(22)) == Matching;

    private static StageStatus Stage(Rig rig, string id) => rig.Pipeline.GetStatus().Stages.Single(stage => stage.Id == id);
}
