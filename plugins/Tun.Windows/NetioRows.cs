using System.Net;
using Culvert.Endpoints;
using static Culvert.Plugins.Tun.Windows.Interop.Netioapi;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>Fills the rows that the system takes. The system has initialised them first, where it has a function for that.</summary>
internal static class NetioRows
{
    private const int Ipv4Length = 4;

    /// <summary>The system's number for the family.</summary>
    public static ushort Family(bool ipv6) => ipv6 ? AF_INET6 : AF_INET;

    /// <summary>Fills an address row: usable at once, because nobody else is on a tunnel's link.</summary>
    public static void Fill(ref MIB_UNICASTIPADDRESS_ROW row, ulong luid, InterfaceAddress address)
    {
        row.InterfaceLuid = luid;
        row.Address = Address(address.Address);
        row.OnLinkPrefixLength = (byte)address.PrefixLength;
        row.DadState = IpDadStatePreferred;
    }

    /// <summary>Fills a route row: on link, at the interface's own metric.</summary>
    public static void Fill(ref MIB_IPFORWARD_ROW2 row, ulong luid, IPNetwork prefix)
    {
        row.InterfaceLuid = luid;
        row.DestinationPrefix.Prefix = Address(prefix.BaseAddress);
        row.DestinationPrefix.PrefixLength = (byte)prefix.PrefixLength;
        row.NextHop.si_family = row.DestinationPrefix.Prefix.si_family;
        row.Metric = 0;
    }

    /// <summary>Changes an interface row that was read: MTU and a fixed metric that lets the tunnel's routes win.</summary>
    public static void Change(ref MIB_IPINTERFACE_ROW row, int mtu)
    {
        row.NlMtu = (uint)mtu;
        row.UseAutomaticMetric = 0;
        row.Metric = 0;
        if (row.Family == AF_INET)
        {
            // What the system gave for IPv4 it refuses to take back: the prefix length must be 0 there (SetIpInterfaceEntry, remarks).
            row.SitePrefixLength = 0;
        }
    }

    private static SOCKADDR_INET Address(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        var result = new SOCKADDR_INET { si_family = Family(length != Ipv4Length) };
        if (length == Ipv4Length)
        {
            bytes[..length].CopyTo(result.sin_addr);
        }
        else
        {
            bytes.CopyTo(result.sin6_addr);
            result.sin6_scope_id = (uint)address.ScopeId;
        }

        return result;
    }
}
