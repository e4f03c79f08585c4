using Culvert.Wire;

namespace Culvert.Filtering;

/// <summary>The bits of <see cref="Field.Facts"/>. Without <see cref="IsIp"/> only the direction is set.</summary>
internal static class Facts
{
    public const uint IsIpv4 = 1 << 0;
    public const uint IsIpv6 = 1 << 1;
    public const uint IsIp = 1 << 2;
    public const uint IsInbound = 1 << 3;
    public const uint IsFragment = 1 << 4;

    public const int ProtocolShift = 8;
    public const uint Protocol = 0xFF << ProtocolShift;

    public const int TrafficClassShift = 16;
    public const uint Dscp = 0xFC << TrafficClassShift;
    public const uint Ecn = 0x03 << TrafficClassShift;

    private const int ExtensionShift = 24;

    // The extension headers that a walk passes, RFC 8200 §4.
    private static readonly IpProtocol[] ExtensionHeaders =
    [
        IpProtocol.HopByHop, IpProtocol.Routing, IpProtocol.Fragment, IpProtocol.AuthenticationHeader, IpProtocol.DestinationOptions,
    ];

    /// <summary>The bits for the IPv6 extension headers before the upper layer.</summary>
    /// <param name="passed"><see cref="Ipv6Chain.Passed"/>.</param>
    public static uint Extensions(ulong passed)
    {
        var facts = 0u;
        for (var i = 0; i < ExtensionHeaders.Length; i++)
        {
            facts |= (uint)((passed >> (int)ExtensionHeaders[i]) & 1) << (ExtensionShift + i);
        }

        return facts;
    }
}
