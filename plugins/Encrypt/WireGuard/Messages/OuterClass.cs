using Culvert.Wire;

namespace Culvert.Plugins.Encrypt.WireGuard.Messages;

/// <summary>
/// The traffic class of a datagram, from that of the packet in it and back: ECN by RFC 6040 in normal mode, DSCP by RFC 2983. Pure.
/// </summary>
internal static class OuterClass
{
    private const int EcnMask = 3;
    private const int DscpShift = 2;

    /// <summary>Returns the datagram's traffic class (RFC 6040 section 4.1: its ECN is the packet's).</summary>
    /// <param name="packet">An IP packet.</param>
    /// <param name="dscp">0 to 63; null copies the packet's.</param>
    public static byte Of(ReadOnlySpan<byte> packet, int? dscp)
    {
        if (packet.Length < 2)
        {
            return 0;
        }

        // The traffic class is at the same place in both versions, but four bits later in IPv6.
        var inner = packet[0] >> 4 == 4 ? packet[1] : (byte)((packet[0] << 4) | (packet[1] >> 4));
        return dscp is { } value ? (byte)((value << DscpShift) | (inner & EcnMask)) : inner;
    }

    /// <summary>Takes the datagram's ECN into the packet (RFC 6040 section 4.2, figure 4). The packet keeps its own DSCP.</summary>
    /// <param name="inner">The packet.</param>
    /// <param name="outer">The datagram's traffic class.</param>
    /// <returns>False when the packet must be dropped: the path is congested, and its sender would not be told otherwise.</returns>
    public static bool TryCombine(IpView inner, byte outer)
    {
        var mark = (EcnCodepoint)(outer & EcnMask);
        if (mark is EcnCodepoint.NotEct or EcnCodepoint.Ect0)
        {
            return true;
        }

        switch (inner.Ecn, mark)
        {
            case (EcnCodepoint.NotEct, EcnCodepoint.Ce):
                return false;
            case (EcnCodepoint.Ect0 or EcnCodepoint.Ect1, EcnCodepoint.Ce):
                inner.Ecn = EcnCodepoint.Ce;
                return true;
            case (EcnCodepoint.Ect0, EcnCodepoint.Ect1):
                inner.Ecn = EcnCodepoint.Ect1;
                return true;
            default:
                return true;
        }
    }
}
