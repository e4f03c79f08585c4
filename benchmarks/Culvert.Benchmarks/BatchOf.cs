using Culvert.Packets;
using Culvert.Testing;

namespace Culvert.Benchmarks;

/// <summary>Batches of one packet many times over, as a loaded lane hands them to a stage.</summary>
internal static class BatchOf
{
    /// <summary>How many packets a batch has; figures are for one packet.</summary>
    public const int Packets = 128;

    private static readonly PacketRoom _room = new(64, 1500, 64);

    /// <summary>A batch of copies of a packet, each in a slot of its own.</summary>
    public static PacketBatch Copies(TestStageContext context, byte[] packet) => Of(context, [.. Enumerable.Repeat(packet, Packets)]);

    /// <summary>A batch of packets, each in a slot of its own.</summary>
    public static PacketBatch Of(TestStageContext context, IReadOnlyList<byte[]> packets, Direction direction = Direction.Outbound)
    {
        var batch = new TestBatch(context, direction, Packets, _room);
        foreach (var packet in packets)
        {
            batch.Add(packet);
        }

        return batch.Batch;
    }
}
