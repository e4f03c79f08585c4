using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Plugins.Dscp;

/// <summary>Writes one DSCP into packets that match. Pure but for the packet; any thread may use it.</summary>
/// <param name="match">The packets to mark.</param>
/// <param name="dscp">0 to 63.</param>
internal sealed class DscpMarker(PacketFilter match, int dscp) : IDscpMarker
{
    private readonly bool _matchesAll = match.IsEverything;

    /// <inheritdoc/>
    public bool TryMark(Span<byte> packet, Direction direction, long now)
    {
        if ((!_matchesAll && !match.Matches(packet, direction)) || !IpView.TryParse(packet, out var ip) || ip.Dscp == dscp)
        {
            return false;
        }

        ip.Dscp = dscp;
        return true;
    }
}
