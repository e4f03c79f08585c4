using Culvert.Engine.Guarding;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Engine.Running.Shadows;

/// <summary>
/// A stage with a candidate beside it, in one direction of one lane. The stage gets the batch as it would without one; the candidate gets copies,
/// on a thread of its own. Belongs to the lane's thread.
/// </summary>
internal sealed class ShadowedStage(IPacketStage stage, ShadowFeed feed) : IPacketStage
{
    public void Outbound(PacketBatch batch) => Process(Direction.Outbound, batch);

    public void Inbound(PacketBatch batch) => Process(Direction.Inbound, batch);

    private void Process(Direction direction, PacketBatch batch)
    {
        if (!feed.Begin(batch))
        {
            StageCalls.Process(stage, direction, batch);
            return;
        }

        var threw = true;
        try
        {
            StageCalls.Process(stage, direction, batch);
            threw = false;
        }
        finally
        {
            feed.End(batch, threw);
        }
    }
}
