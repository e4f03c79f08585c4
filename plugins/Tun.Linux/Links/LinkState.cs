using System.Runtime.InteropServices;
using System.Text;
using Culvert.Plugins.Tun.Linux.Interop;

namespace Culvert.Plugins.Tun.Linux.Links;

/// <summary>The kernel's state of a device.</summary>
/// <param name="Index">The interface index.</param>
/// <param name="Name">The name.</param>
/// <param name="Mtu">The MTU in bytes.</param>
/// <param name="IsUp">True when it is administratively up.</param>
internal readonly record struct LinkState(int Index, string Name, int Mtu, bool IsUp)
{
    /// <summary>RFC 8200 section 5: with a smaller MTU the kernel removes IPv6 from the device.</summary>
    public const int MinIpv6Mtu = 1280;

    /// <summary>Whether the kernel leaves addresses and routes on it: from one that is down or too narrow it removes IPv6, and routes.</summary>
    public bool CanHoldIpv6 => IsUp && (Mtu == 0 || Mtu >= MinIpv6Mtu);

    /// <summary>Reads the payload of <c>RTM_NEWLINK</c> or <c>RTM_DELLINK</c>; false when it is cut short.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out LinkState state)
    {
        state = default;
        if (!MemoryMarshal.TryRead<Rtnetlink.LinkBody>(payload, out var body))
        {
            return false;
        }

        var attributes = payload[Marshal.SizeOf<Rtnetlink.LinkBody>()..];
        var name = Encoding.UTF8.GetString(NetlinkAttributes.Find(attributes, IfLink.IFLA_IFNAME)).TrimEnd('\0');
        var mtu = (int)(NetlinkAttributes.FindNumber(attributes, IfLink.IFLA_MTU) ?? 0);
        state = new LinkState(body.ifi_index, name, mtu, (body.ifi_flags & If.IFF_UP) != 0);
        return true;
    }
}
