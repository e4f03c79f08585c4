using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Tools.Replay;

/// <summary>
/// Stands in for either end of a pipeline that is stepped: it receives nothing, because the packets are put into the batch by hand, and
/// hands what reaches it to whoever replays.
/// </summary>
internal sealed class MemoryEnd(Action<PacketBatch> sink) : IPacketEndpoint
{
    /// <summary>Nothing comes from here.</summary>
    public void Receive(PacketFiller filler)
    {
    }

    /// <summary>Nothing waits here.</summary>
    public void Wake()
    {
    }

    public void Outbound(PacketBatch batch) => sink(batch);

    public void Inbound(PacketBatch batch) => sink(batch);
}
