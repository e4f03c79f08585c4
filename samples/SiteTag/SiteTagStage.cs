using System.Buffers.Binary;
using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;

namespace SiteTag;

/// <summary>Writes a tag of two bytes in front of each datagram, and drops datagrams that arrive without it.</summary>
[Stage("site-tag", "Writes a tag in front of each datagram, and drops datagrams that arrive without it.", IsExperimental = true)]
public sealed class SiteTagStage : IPacketStage, IStageDefinition<SiteTagOptions>
{
    private const int TagLength = 2;

    private readonly ushort _tag;
    private readonly DropReason _wrongTag;

    public SiteTagStage(SiteTagOptions options, IStageContext context)
    {
        _tag = (ushort)options.Tag;
        _wrongTag = WrongTag(context.Counters);
    }

    public static void DeclareCounters(CounterSet counters) => WrongTag(counters);

    public static StageShape Shape(SiteTagOptions options) => StageShape.Through(PacketKind.Datagram) with
    {
        // The room in front of every outbound packet, what a full packet grows by, and what every inbound packet loses.
        Headroom = TagLength,
        Overhead = TagLength,
        InboundReleasedFront = TagLength,
    };

    public void Outbound(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.Prepend(TagLength), _tag);
        }
    }

    public void Inbound(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            if (BinaryPrimitives.TryReadUInt16BigEndian(packet.Data, out var tag) && tag == _tag)
            {
                packet.TrimStart(TagLength);
            }
            else
            {
                packet.Drop(_wrongTag);
            }
        }
    }

    private static DropReason WrongTag(CounterSet counters) =>
        counters.DropReason("wrong-tag", "Datagrams that arrived without this site's tag.");
}
