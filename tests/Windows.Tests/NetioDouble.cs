using System.Net;
using System.Runtime.InteropServices;
using static Culvert.Plugins.Tun.Windows.Interop.Netioapi;

namespace Windows.Tests;

/// <summary>What a test asks of the double of iphlpapi.dll.</summary>
internal static unsafe partial class NetioDouble
{
    public const string Library = "iphlpapi-double";

    /// <summary>The addresses that are set.</summary>
    public static IReadOnlyList<MIB_UNICASTIPADDRESS_ROW> Addresses => Rows<MIB_UNICASTIPADDRESS_ROW>(
        double_address_count(), (index, row) => double_address(index, (MIB_UNICASTIPADDRESS_ROW*)row));

    /// <summary>The routes that are set.</summary>
    public static IReadOnlyList<MIB_IPFORWARD_ROW2> Routes => Rows<MIB_IPFORWARD_ROW2>(
        double_route_count(), (index, row) => double_route(index, (MIB_IPFORWARD_ROW2*)row));

    [LibraryImport(Library)]
    public static partial void double_reset();

    [LibraryImport(Library)]
    public static partial void double_refuse(uint code);

    [LibraryImport(Library)]
    public static partial void double_no_ipv6(ulong luid);

    [LibraryImport(Library)]
    public static partial uint double_mtu(ulong luid, int ipv6);

    [LibraryImport(Library)]
    public static partial int double_automatic_metric(ulong luid, int ipv6);

    [LibraryImport(Library)]
    public static partial void double_set_mtu(ulong luid, uint mtu);

    /// <summary>An address as a person writes it.</summary>
    public static string Text(in SOCKADDR_INET address) => address.si_family switch
    {
        AF_INET => new IPAddress((ReadOnlySpan<byte>)address.sin_addr).ToString(),
        AF_INET6 => new IPAddress((ReadOnlySpan<byte>)address.sin6_addr).ToString(),
        _ => $"family {address.si_family}",
    };

    [LibraryImport(Library)]
    private static partial int double_address_count();

    [LibraryImport(Library)]
    private static partial int double_route_count();

    [LibraryImport(Library)]
    private static partial void double_address(int index, MIB_UNICASTIPADDRESS_ROW* row);

    [LibraryImport(Library)]
    private static partial void double_route(int index, MIB_IPFORWARD_ROW2* row);

    private static List<T> Rows<T>(int count, Action<int, nint> read)
        where T : unmanaged
    {
        var rows = new List<T>();
        for (var i = 0; i < count; i++)
        {
            T row;
            read(i, (nint)(&row));
            rows.Add(row);
        }

        return rows;
    }
}
