using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Culvert.Plugins.Tun.Windows.Interop;

/// <summary>
/// <c>netioapi.h</c> (iphlpapi.dll): addresses, routes and the interface's MTU and metric. Each call returns a Windows error code. The
/// layouts are those of 64-bit Windows; a table in the tests holds them against the header itself.
/// </summary>
internal static unsafe partial class Netioapi
{
    public const string Library = "iphlpapi.dll";

    public const ushort AF_UNSPEC = 0;
    public const ushort AF_INET = 2;
    public const ushort AF_INET6 = 23;

    /// <summary><c>NL_DAD_STATE</c>: usable at once, without duplicate address detection.</summary>
    public const int IpDadStatePreferred = 4;

    [LibraryImport(Library)]
    public static partial void InitializeUnicastIpAddressEntry(MIB_UNICASTIPADDRESS_ROW* row);

    [LibraryImport(Library)]
    public static partial uint CreateUnicastIpAddressEntry(MIB_UNICASTIPADDRESS_ROW* row);

    [LibraryImport(Library)]
    public static partial uint DeleteUnicastIpAddressEntry(MIB_UNICASTIPADDRESS_ROW* row);

    [LibraryImport(Library)]
    public static partial void InitializeIpForwardEntry(MIB_IPFORWARD_ROW2* row);

    [LibraryImport(Library)]
    public static partial uint CreateIpForwardEntry2(MIB_IPFORWARD_ROW2* row);

    [LibraryImport(Library)]
    public static partial uint DeleteIpForwardEntry2(MIB_IPFORWARD_ROW2* row);

    [LibraryImport(Library)]
    public static partial void InitializeIpInterfaceEntry(MIB_IPINTERFACE_ROW* row);

    [LibraryImport(Library)]
    public static partial uint GetIpInterfaceEntry(MIB_IPINTERFACE_ROW* row);

    [LibraryImport(Library)]
    public static partial uint SetIpInterfaceEntry(MIB_IPINTERFACE_ROW* row);

    [LibraryImport(Library)]
    public static partial uint NotifyIpInterfaceChange(
        ushort family, delegate* unmanaged[Stdcall]<void*, MIB_IPINTERFACE_ROW*, int, void> callback, void* context, byte initial,
        nint* handle);

    [LibraryImport(Library)]
    public static partial uint CancelMibChangeNotify2(nint handle);

    /// <summary>An IPv4 or IPv6 socket address: family, port, and what the family has behind them.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 28)]
    public struct SOCKADDR_INET
    {
        [FieldOffset(0)]
        public ushort si_family;

        [FieldOffset(4)]
        public Ipv4Bytes sin_addr;

        [FieldOffset(8)]
        public Ipv6Bytes sin6_addr;

        [FieldOffset(24)]
        public uint sin6_scope_id;
    }

    [InlineArray(4)]
    public struct Ipv4Bytes
    {
        private byte _first;
    }

    [InlineArray(16)]
    public struct Ipv6Bytes
    {
        private byte _first;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MIB_UNICASTIPADDRESS_ROW
    {
        public SOCKADDR_INET Address;
        public ulong InterfaceLuid;
        public uint InterfaceIndex;
        public int PrefixOrigin;
        public int SuffixOrigin;
        public uint ValidLifetime;
        public uint PreferredLifetime;
        public byte OnLinkPrefixLength;
        public byte SkipAsSource;
        public int DadState;
        public uint ScopeId;
        public long CreationTimeStamp;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct IP_ADDRESS_PREFIX
    {
        public SOCKADDR_INET Prefix;
        public byte PrefixLength;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MIB_IPFORWARD_ROW2
    {
        public ulong InterfaceLuid;
        public uint InterfaceIndex;
        public IP_ADDRESS_PREFIX DestinationPrefix;
        public SOCKADDR_INET NextHop;
        public byte SitePrefixLength;
        public uint ValidLifetime;
        public uint PreferredLifetime;
        public uint Metric;
        public int Protocol;
        public byte Loopback;
        public byte AutoconfigureAddress;
        public byte Publish;
        public byte Immortal;
        public uint Age;
        public int Origin;
    }

    [InlineArray(16)]
    public struct ZoneIndexArray
    {
        private uint _first;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MIB_IPINTERFACE_ROW
    {
        public ushort Family;
        public ulong InterfaceLuid;
        public uint InterfaceIndex;
        public uint MaxReassemblySize;
        public ulong InterfaceIdentifier;
        public uint MinRouterAdvertisementInterval;
        public uint MaxRouterAdvertisementInterval;
        public byte AdvertisingEnabled;
        public byte ForwardingEnabled;
        public byte WeakHostSend;
        public byte WeakHostReceive;
        public byte UseAutomaticMetric;
        public byte UseNeighborUnreachabilityDetection;
        public byte ManagedAddressConfigurationSupported;
        public byte OtherStatefulConfigurationSupported;
        public byte AdvertiseDefaultRoute;
        public int RouterDiscoveryBehavior;
        public uint DadTransmits;
        public uint BaseReachableTime;
        public uint RetransmitTime;
        public uint PathMtuDiscoveryTimeout;
        public int LinkLocalAddressBehavior;
        public uint LinkLocalAddressTimeout;
        public ZoneIndexArray ZoneIndices;
        public uint SitePrefixLength;
        public uint Metric;
        public uint NlMtu;
        public byte Connected;
        public byte SupportsWakeUpPatterns;
        public byte SupportsNeighborDiscovery;
        public byte SupportsRouterDiscovery;
        public uint ReachableTime;
        public byte TransmitOffload;
        public byte ReceiveOffload;
        public byte DisableDefaultRoutes;
    }
}
