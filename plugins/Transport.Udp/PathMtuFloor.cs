namespace Culvert.Plugins.Transport.Udp;

/// <summary>
/// The least path MTU that is believed: 576 bytes over IPv4 (RFC 791: every host takes that much), 1280 over IPv6 (RFC 8200 section 5).
/// A forged ICMP message can say less, and would starve the tunnel.
/// </summary>
internal static class PathMtuFloor
{
    private const int Ipv4 = 576;
    private const int Ipv6 = 1280;

    /// <summary>The larger of the two.</summary>
    public static int Apply(int bytes, bool ipv6) => Math.Max(bytes, ipv6 ? Ipv6 : Ipv4);
}
