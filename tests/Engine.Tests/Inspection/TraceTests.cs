using System.Buffers.Binary;
using Culvert.Engine.Inspection;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;
using Engine.Tests.Running;

namespace Engine.Tests.Inspection;

public class TraceTests
{
    private static readonly byte[] _origin = Convert.FromHexString(
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfe7710000020423010402080a0862af40081b5bcd01030307");

    private static readonly ProbeOptions _clamp = new()
    {
        Shape = StageShape.Through(PacketKind.Ip, HeaderFields.TcpMss | HeaderFields.TransportChecksum),
        Outbound = (_, batch) =>
        {
            foreach (var packet in batch)
            {
                if (packet.Length == _origin.Length)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(packet.Data[42..], 1405);
                    BinaryPrimitives.WriteUInt16BigEndian(packet.Data[36..], 0x04f6);
                }
            }
        },
    };

    [Fact]
    public async Task A_trace_shows_what_each_stage_changed_of_the_packets_that_match()
    {
        using var rig = Rig.Start(("clamp", _clamp), ("idle", new ProbeOptions()));
        var traces = await TraceAsync(rig, "tcp port 80", 1, () =>
        {
            rig.Host.Inject(Rig.Packet(1));
            rig.Host.Inject(_origin);
        });
        var trace = Assert.Single(traces);
        Assert.Equal((Direction.Outbound, "received"), (trace.Direction, trace.Entered));
        Assert.Equal(["clamp", "idle", "network"], trace.Steps.Select(step => step.StageId));
        Assert.Equal(["MSS 8961 → 1405", "TCP checksum e771 → 04f6"], trace.Steps[0].Changes);
        Assert.Empty(trace.Steps[1].Changes);
        Assert.All(trace.Steps, step => Assert.Equal("passed", step.Outcome));
    }

    [Fact]
    public async Task A_drop_shows_its_reason_and_ends_the_path()
    {
        using var rig = Rig.Start(
            ("guard", new ProbeOptions
            {
                Outbound = (context, batch) => batch[0].Drop(context.Counters.DropReason("bad", "Bad.")),
            }),
            ("behind", new ProbeOptions()));
        var step = Assert.Single(Assert.Single(await TraceAsync(rig, "", 1, () => rig.Host.Inject(_origin))).Steps);
        Assert.Equal(("guard", "dropped", "bad"), (step.StageId, step.Outcome, step.Reason));
    }

    [Fact]
    public async Task A_stage_that_throws_shows_as_faulted()
    {
        using var rig = Rig.Start(("bad", new ProbeOptions { Outbound = (_, _) => throw new InvalidOperationException() }));
        var step = Assert.Single(Assert.Single(await TraceAsync(rig, "", 1, () => rig.Host.Inject(_origin))).Steps);
        Assert.Equal(("bad", "faulted"), (step.StageId, step.Outcome));
    }

    [Fact]
    public async Task A_sealed_packet_is_matched_once_it_is_open()
    {
        var sealedKind = new PacketKind("sealed");
        using var rig = Rig.Start(
            ("seal", new ProbeOptions
            {
                Shape = new StageShape { Above = PacketKind.Ip, Below = sealedKind },
                Inbound = (_, batch) =>
                {
                    foreach (var packet in batch)
                    {
                        packet.TrimStart(4);
                    }
                },
            }));
        var traces = await TraceAsync(rig, "src port 80", 1, () =>
        {
            rig.Network.Inject([1, 2, 3, 4, 5, 6, 7, 8]);
            rig.Network.Inject([0, 0, 0, 0, .. _origin]);
        });
        var seal = Assert.Single(traces).Steps.Single(step => step.StageId == "seal");
        Assert.Equal(["sealed, 64 bytes → ip, 60 bytes"], seal.Changes);
        Assert.StartsWith("IP", seal.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_trace_nothing_is_watched_any_more()
    {
        using var rig = Rig.Start(("a", new ProbeOptions()));
        Assert.Equal(2, (await TraceAsync(rig, "", 2, () =>
        {
            rig.Host.Inject(_origin);
            rig.Network.Inject(_origin);
        })).Count);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in rig.Pipeline.TraceAsync(PacketFilter.Everything, 1, cancel.Token))
            {
            }
        });
        rig.Host.Inject(_origin);
        Assert.True(rig.Network.WaitForSunk(2, Rig.Patience));
    }

    private static async Task<List<PacketTrace>> TraceAsync(Rig rig, string filter, int count, Action feed)
    {
        Assert.True(PacketFilter.TryParse(filter, out var parsed, out _));
        using var limit = new CancellationTokenSource(Rig.Patience);
        var traces = new List<PacketTrace>();
        var reader = rig.Pipeline.TraceAsync(parsed, count, limit.Token).GetAsyncEnumerator();
        var next = reader.MoveNextAsync();
        feed();
        while (await next)
        {
            traces.Add(reader.Current);
            next = reader.MoveNextAsync();
        }

        await reader.DisposeAsync();
        return traces;
    }
}
