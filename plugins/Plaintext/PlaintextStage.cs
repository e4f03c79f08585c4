using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Plugins.Plaintext;

/// <summary>
/// Makes each IP packet the content of one datagram, as it is. Outbound there is nothing to do; inbound, what is no whole IP packet is
/// dropped, since the stages above count on one.
/// </summary>
[Stage("plaintext", "Sends IP packets unencrypted, each in one datagram.")]
public sealed class PlaintextStage : IPacketStage, IStageDefinition<PlaintextOptions>
{
    private readonly DropReason _notIp;

    /// <summary>Made by the host.</summary>
    public PlaintextStage(PlaintextOptions options, IStageContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        _notIp = NotIp(context.Counters);
    }

    /// <inheritdoc/>
    public static void DeclareCounters(CounterSet counters) => NotIp(counters);

    /// <inheritdoc/>
    public static StageShape Shape(PlaintextOptions options) => new() { Above = PacketKind.Ip, Below = PacketKind.Datagram };

    /// <inheritdoc/>
    public void Inbound(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            if (!IpView.TryParse(packet.Data, out var ip) || ip.IsTruncated)
            {
                packet.Drop(_notIp);
            }
        }
    }

    private static DropReason NotIp(CounterSet counters) =>
        counters.DropReason("not-ip", "Datagrams from the network that do not contain a whole IP packet.");
}
