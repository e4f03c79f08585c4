using Culvert.Packets;

namespace Culvert.Plugins.Dscp;

/// <summary>Writes a DSCP into packets. Any thread may use it.</summary>
internal interface IDscpMarker
{
    /// <summary>Marks a packet.</summary>
    /// <param name="packet">The packet from its IP header on; any bytes are valid.</param>
    /// <param name="direction">Its direction.</param>
    /// <param name="now">The batch's time.</param>
    /// <returns>Whether its DSCP was changed.</returns>
    bool TryMark(Span<byte> packet, Direction direction, long now);
}
