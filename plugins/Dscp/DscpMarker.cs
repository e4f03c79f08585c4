using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Plugins.Dscp;

/// <summary>Writes one DSCP into packets that match. Pure but for the packet; any thread may use it.</summary>
/// <param name="match">The packets to mark.</param>
/// <param name="dscp">0 to 63.</param>
internal sealed class DscpMarker(PacketFilter match, int dscp)
{
    private readonly bool _matchesAll = match.IsEverything;

    /// <summary>Marks a packet.</summary>
    /// <param name="packet">The packet from its IP header on; any bytes are valid.</param>
    /// <param name="direction">Its direction.</param>
    /// <returns>Whether its DSCP was changed.</returns>
    public bool TryMark(Span<byte> packet, Direction direction)
    {
        if ((!_matchesAll && !match.Matches(packet, direction)) || !IpView.TryParse(packet, out var ip) || ip.Dscp == dscp)
        {
            return false;
        }

        ip.Dscp = dscp;
        return true;
    }
}
