using Culvert.Packets;

namespace Culvert.Testing;

/// <summary>
/// A batch for tests of endpoints, which need both of its sides: a source receives into <see cref="Filler"/>, a sink is called with
/// <see cref="Batch"/>. Not thread-safe.
/// </summary>
public sealed class TestBatch
{
    /// <summary>Creates an empty batch.</summary>
    /// <param name="context">The context of the stage that is tested.</param>
    /// <param name="direction">The direction of its packets.</param>
    /// <param name="capacity">The largest number of packets.</param>
    /// <param name="room">The room of each slot, in bytes; default: the context's.</param>
    public TestBatch(TestStageContext context, Direction direction, int capacity = 128, PacketRoom? room = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        Batch = new PacketBatch(capacity, room ?? context.Pool.Room, context.Pool, direction) { Holder = context.Holder };
    }

    /// <summary>The batch as a stage sees it.</summary>
    public PacketBatch Batch { get; }

    /// <summary>The batch as a source fills it.</summary>
    public PacketFiller Filler => new(Batch);

    /// <summary>Packets that the source dropped without adding them.</summary>
    public int Refused => Batch.RefusedCount;

    /// <summary>Adds a copy of a packet.</summary>
    /// <param name="packet">The bytes.</param>
    /// <param name="endpoint">Where it goes to or came from.</param>
    public TestBatch Add(ReadOnlySpan<byte> packet, DatagramEndpoint endpoint = default)
    {
        var added = Batch.Add(packet.Length);
        packet.CopyTo(added.Data);
        added.Endpoint = endpoint;
        return this;
    }

    /// <summary>Removes all packets, as the host does before an endpoint is asked to receive again.</summary>
    public void Clear() => Batch.Clear();
}
