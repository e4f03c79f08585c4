using Culvert.Packets;
using Culvert.Stages;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Testing;

/// <summary>
/// Runs one stage without a pipeline: packets in, packets out. Each packet gets exactly the room that the stage's shape declares, so a
/// stage that needs more than it says fails here. Not thread-safe; use one harness for each direction's thread if a test has two.
/// </summary>
/// <typeparam name="TStage">The stage.</typeparam>
public sealed class StageHarness<TStage> : IDisposable
    where TStage : class, IPacketStage
{
    private readonly Dictionary<string, int> _drops = [];
    private bool _isDisposed;

    /// <summary>Wraps a stage that is already constructed.</summary>
    /// <param name="stage">The stage; the harness disposes it.</param>
    /// <param name="shape">Its shape, for the room around each packet.</param>
    /// <param name="context">The context that the stage was constructed with; the harness disposes it.</param>
    public StageHarness(TStage stage, StageShape shape, TestStageContext context) => (Stage, Shape, Context) = (stage, shape, context);

    /// <summary>The stage.</summary>
    public TStage Stage { get; }

    /// <summary>Its shape.</summary>
    public StageShape Shape { get; }

    /// <summary>Its context: counters, what it emitted, its timers.</summary>
    public TestStageContext Context { get; }

    /// <summary>Feeds packets that go from the host to the network.</summary>
    public HarnessResult Outbound(params ReadOnlySpan<byte[]> packets) => Run(Direction.Outbound, default, packets);

    /// <summary>Feeds packets that go from the network to the host.</summary>
    public HarnessResult Inbound(params ReadOnlySpan<byte[]> packets) => Run(Direction.Inbound, default, packets);

    /// <summary>Feeds packets of one endpoint, as one batch.</summary>
    /// <param name="direction">The direction.</param>
    /// <param name="endpoint">The value of <see cref="Packet.Endpoint"/>.</param>
    /// <param name="packets">The packets; they are copied.</param>
    public HarnessResult Run(Direction direction, DatagramEndpoint endpoint, params ReadOnlySpan<byte[]> packets)
    {
        _drops.Clear();
        var batch = Fill(direction, endpoint, packets);
        batch.OnDrop = (reason, _) => _drops[reason.Name] = _drops.GetValueOrDefault(reason.Name) + 1;
        Call(batch);
        return Collect(batch);
    }

    /// <summary>Creates a batch of copies of packets, each with exactly the declared room. For tests that call the stage themselves.</summary>
    public PacketBatch Fill(Direction direction, DatagramEndpoint endpoint, params ReadOnlySpan<byte[]> packets)
    {
        var (headroom, tailroom) = RoomFor(direction);
        var batch = new PacketBatch(Math.Max(1, packets.Length), new PacketRoom(headroom, 1, tailroom), Context.Pool, direction)
        {
            Timestamp = Context.Time.GetTimestamp(),
            Holder = Context.Holder,
        };
        foreach (var packet in packets)
        {
            var memory = GC.AllocateUninitializedArray<byte>(headroom + packet.Length + tailroom, pinned: true);
            packet.CopyTo(memory, headroom);
            var added = batch.AddForeign(memory, 0, headroom, packet.Length, memory.Length);
            added.Endpoint = endpoint;
        }

        return batch;
    }

    /// <summary>Calls the stage with a batch, in the batch's direction.</summary>
    public void Call(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Direction == Direction.Outbound)
        {
            Stage.Outbound(batch);
        }
        else
        {
            Stage.Inbound(batch);
        }
    }

    /// <summary>The container of the stage's services, which goes with the harness; null where the test constructed the stage.</summary>
    internal ServiceProvider? Services { get; init; }

    /// <summary>Disposes the stage, its services and its context. A second call does nothing.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            (Stage as IDisposable)?.Dispose();
            Services?.Dispose();
            Context.Dispose();
        }
    }

    private (int Headroom, int Tailroom) RoomFor(Direction direction) => direction == Direction.Outbound
        ? (Shape.Headroom, Shape.Tailroom)
        : (Shape.InboundHeadroom, Shape.InboundTailroom);

    private HarnessResult Collect(PacketBatch batch)
    {
        var passed = new List<EmittedPacket>();
        foreach (var packet in batch)
        {
            passed.Add(new EmittedPacket(batch.Direction, packet.Data.ToArray(), packet.Endpoint) { TrafficClass = packet.TrafficClass, MayFragment = packet.MayFragment });
        }

        return new HarnessResult(passed, new Dictionary<string, int>(_drops), batch.TakenCount, batch.ConsumedCount);
    }
}
