using System.Net;
using System.Net.Sockets;

namespace Culvert.Plugins.Nat.Masquerading;

/// <summary>Judges the address of the file.</summary>
internal static class MasqueradeAddress
{
    private const byte FirstMulticast = 224;

    /// <summary>Whether a host can have the address: not multicast, unspecified, broadcast or loopback.</summary>
    public static bool IsUsable(IPAddress address) => !IPAddress.IsLoopback(address) && (address.AddressFamily == AddressFamily.InterNetwork
        ? address.GetAddressBytes()[0] is > 0 and < FirstMulticast
        : !address.IsIPv6Multicast && !address.IsIPv6LinkLocal && !address.IsIPv4MappedToIPv6 && !address.Equals(IPAddress.IPv6Any));
}
