using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Plugins.Dscp.Copying;

/// <summary>Gives packets of one direction the DSCP that their flow's packets have in the other. Any thread may use it.</summary>
/// <param name="match">The packets that are read and marked.</param>
/// <param name="from">The direction that is read.</param>
/// <param name="flows">The DSCPs of flows, of all lanes.</param>
internal sealed class DscpCopier(PacketFilter match, Direction from, FlowMarks flows) : IDscpMarker
{
    private readonly bool _matchesAll = match.IsEverything;

    /// <inheritdoc/>
    public bool TryMark(Span<byte> packet, Direction direction, long now)
    {
        // A later fragment does not show its flow.
        if ((!_matchesAll && !match.Matches(packet, direction)) || !IpView.TryParse(packet, out var ip) || ip.FragmentOffset != 0)
        {
            return false;
        }

        if (direction == from)
        {
            flows.Note(ip, now);
            return false;
        }

        if (!flows.TryFind(ip, now, out var dscp) || ip.Dscp == dscp)
        {
            return false;
        }

        ip.Dscp = dscp;
        return true;
    }
}
