using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;
using Microsoft.Extensions.Logging;

namespace Engine.Tests.Running;

/// <summary>The mistakes that authors of stages make: <see cref="ConformanceLaws.CheckAll"/> finds each and says what it is.</summary>
public sealed class TypicalMistakeTests
{
    private static readonly byte[] _sample = PacketBuilder.Ipv4().Udp().Payload(200).Build();

    private static readonly Dictionary<string, (ProbeOptions Stage, Direction Direction, string Found)> _mistakes = new()
    {
        ["prepends without room"] = (Outbound((_, packet) => packet.Prepend(8)), Direction.Outbound, "StageShape.Headroom"),
        ["appends without room"] = (Outbound((_, packet) => packet.Append(8)), Direction.Outbound, "StageShape.Tailroom"),
        ["prepends inbound without room"] = (Inbound((_, packet) => packet.Prepend(8)), Direction.Inbound, "InboundHeadroom"),
        ["forgets the overhead"] = (
            Outbound((_, packet) => packet.Prepend(8).Clear(), Datagrams with { Headroom = 8 }), Direction.Outbound, "Declare StageShape.Overhead"),
        ["grows a full inbound packet"] = (
            Inbound((_, packet) => packet.Prepend(8).Clear(), Datagrams with { InboundHeadroom = 8 }), Direction.Inbound, "must leave no longer than the MTU"),
        ["releases less front than it says"] = (
            Inbound((_, packet) => packet.TrimStart(Math.Min(4, packet.Length)), Datagrams with { InboundReleasedFront = 8 }), Direction.Inbound,
            "StageShape.InboundReleasedFront promises 8"),
        ["releases less back than it says"] = (
            Inbound((_, packet) => packet.TrimEnd(Math.Min(4, packet.Length)), Datagrams with { InboundReleasedBack = 8 }), Direction.Inbound,
            "StageShape.InboundReleasedBack promises 8"),
        ["throws"] = (Outbound((_, _) => throw new InvalidOperationException("no")), Direction.Outbound, "threw InvalidOperationException (no)"),
        ["reads past the end"] = (Outbound((context, packet) => _ = packet.Data[30]), Direction.Outbound, "threw IndexOutOfRangeException"),
        ["trims what is not there"] = (Outbound((_, packet) => packet.TrimStart(packet.Length + 1)), Direction.Outbound, "Cannot trim"),
        ["drops without a reason"] = (Outbound((_, packet) => packet.Drop(null!)), Direction.Outbound, "threw ArgumentNullException"),
        ["allocates"] = (Outbound((context, packet) => _ = packet.Data.ToArray()), Direction.Outbound, "bytes were allocated"),
        ["logs per packet"] = (Outbound((context, packet) => context.Logger.LogInformation("{Length}", packet.Length)), Direction.Outbound, "bytes were allocated"),
        ["changes what it does not declare"] = (
            Outbound((_, packet) => packet.Data[Math.Min(8, packet.Length - 1)]--), Direction.Outbound, "which its shape does not declare"),
        ["names a counter badly"] = (
            Outbound((context, _) => context.Counters.Create("Bad Name!", "packets", "Bad.")), Direction.Outbound, "not a valid counter name"),
        ["emits twice"] = (Taking((context, lease) =>
        {
            context.Emit(Direction.Outbound, lease);
            context.Emit(Direction.Outbound, lease);
        }), Direction.Outbound, "must not be used again"),
        ["uses a lease after Emit"] = (Taking((context, lease) =>
        {
            context.Emit(Direction.Outbound, lease);
            lease.Data[0] = 0;
        }), Direction.Outbound, "must not be used again"),
        ["takes a packet and forgets it"] = (Taking((_, _) => { }), Direction.Outbound, "still holds"),
        ["takes a packet and disposes it"] = (Taking((_, lease) => lease.Dispose()), Direction.Outbound, "without a reason"),
        ["rents a packet and forgets it"] = (Outbound((context, packet) => context.TryRent(packet.Length, out _)), Direction.Outbound, "still holds"),
        ["throws in posted work"] = (Posting(_ => throw new InvalidOperationException("later")), Direction.Outbound, "threw InvalidOperationException (later)"),
        ["posts itself without end"] = (Posting(PostAgain), Direction.Outbound, "without end"),
        ["throws in a timer"] = (
            Timed(TimeSpan.FromSeconds(30), _ => throw new InvalidOperationException("late")), Direction.Outbound, "threw InvalidOperationException (late)"),
        ["sets a timer without a delay"] = (Timed(TimeSpan.Zero, timer => timer.Schedule(TimeSpan.Zero)), Direction.Outbound, "without end"),
    };

    public static TheoryData<string> Mistakes => [.. _mistakes.Keys];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_typical_mistake_is_found(string mistake)
    {
        var (stage, direction, found) = _mistakes[mistake];
        using var harness = StageHarness.Create<ProbeStage, ProbeOptions>(stage);

        var error = Assert.Throws<ConformanceException>(() => ConformanceLaws.CheckAll(harness, [_sample], direction));

        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Each direction waits, for a bounded time, until it sees the other one inside the stage.</summary>
    [Fact]
    public void What_both_directions_use_at_the_same_time_is_found()
    {
        var inside = 0;
        void Enter(IStageContext context, PacketBatch batch)
        {
            var met = Interlocked.Increment(ref inside) == 2 || SpinWait.SpinUntil(() => Volatile.Read(ref inside) >= 2, TimeSpan.FromSeconds(10));
            if (met)
            {
                throw new InvalidOperationException("both are in here");
            }

            Interlocked.Decrement(ref inside);
        }

        using var harness = StageHarness.Create<ProbeStage, ProbeOptions>(new ProbeOptions { Outbound = Enter, Inbound = Enter });

        var error = Assert.Throws<ConformanceException>(() => ConformanceLaws.RunsOnTwoThreads(harness, [_sample], rounds: 1));

        Assert.Contains("both are in here", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_validation_is_recorded_as_the_host_renders_it()
    {
        var recorder = new OptionsRecorder("encrypt");
        recorder.Error("peers[1].public-key", "not the base64 form of 32 bytes", "print one with 'culvert pubkey'");
        recorder.Warning("", "no peers", "add one");

        Assert.Equal(
            "error: 'encrypt': peers[1].public-key: not the base64 form of 32 bytes; print one with 'culvert pubkey'\nwarning: 'encrypt': no peers; add one",
            recorder.ToString());
        Assert.Equal("peers[1].public-key", Assert.Single(recorder.Errors).Key);
    }

    private static StageShape Datagrams => StageShape.Through(PacketKind.Datagram);

    private delegate void OnPacket(IStageContext context, Packet packet);

    private static ProbeOptions Outbound(OnPacket each, StageShape? shape = null) => new() { Shape = shape ?? StageShape.Through(PacketKind.Ip), Outbound = Each(each) };

    private static ProbeOptions Inbound(OnPacket each, StageShape? shape = null) => new() { Shape = shape ?? StageShape.Through(PacketKind.Ip), Inbound = Each(each) };

    private static ProbeOptions Taking(Action<IStageContext, PacketLease> take) => Outbound((context, packet) =>
    {
        if (packet.TryTake(out var lease))
        {
            take(context, lease);
        }
    });

    private static ProbeOptions Posting(Action<IStageContext> work) => new() { Constructed = context => context.Post(() => work(context)) };

    private static void PostAgain(IStageContext context) => context.Post(() => PostAgain(context));

    private static ProbeOptions Timed(TimeSpan due, Action<StageTimer> callback) => new()
    {
        Constructed = context =>
        {
            StageTimer? timer = null;
            timer = context.CreateTimer(() => callback(timer!));
            timer.Schedule(due);
        },
    };

    private static Action<IStageContext, PacketBatch> Each(OnPacket each) => (context, batch) =>
    {
        foreach (var packet in batch)
        {
            each(context, packet);
        }
    };
}
