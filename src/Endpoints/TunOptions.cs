using Culvert.Options;

namespace Culvert.Endpoints;

/// <summary>The keys of <c>stage: tun</c>, the same on every system, so that one file is checked the same everywhere.</summary>
public sealed record TunOptions
{
    /// <summary>The device's name.</summary>
    [Option("The device's name: 1 to 15 bytes without '/', ':', '%' or spaces. An existing TUN device of that name that no program uses is taken over.",
        Example = "culvert0")]
    public string Device { get; init; } = "culvert0";

    /// <summary>The device's addresses.</summary>
    [Option("The device's addresses, each with its prefix length. None: a site sets them from outside.", Example = "[10.99.0.1/24, \"fd99::1/64\"]")]
    public IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    /// <summary>The prefixes routed into the device.</summary>
    [Option("Prefixes routed into the device, beside the networks of its addresses; auto takes the allowed-ips of encrypt.",
        Default = "none", Example = "[10.80.0.0/16]")]
    public RouteSetting Routes { get; init; } = [];

    /// <summary>The routing table. Linux only.</summary>
    [Option("Linux: the routing table for the routes. auto: the main one; a default route goes into a table of its own where the network "
        + "endpoint has a fwmark, with rules that keep the tunnel's own datagrams out of it.")]
    public RouteTable Table { get; init; } = RouteTable.Auto;

    /// <summary>The device's MTU.</summary>
    [Option("The device's MTU in bytes, 68 to 65535, or auto: what the path MTU leaves.", Default = "auto")]
    public MtuSetting Mtu { get; init; } = MtuSetting.Auto;

    /// <summary>Whether the kernel's offloads are used. Linux only.</summary>
    [Option("Exchange super-packets of up to 64 KiB with the kernel (TSO, USO, GRO). The stages see single packets either way. No effect on Windows.")]
    public bool Offload { get; init; } = true;

    /// <summary>The size of the driver's ring in each direction. Windows only.</summary>
    [Option("Windows: the size of the driver's ring in each direction, a power of two.", Min = MinRingCapacity, Max = MaxRingCapacity)]
    public ByteSize RingCapacity { get; init; } = new(8L << 20);

    /// <summary>The path of wintun.dll. Windows only.</summary>
    [Option("Windows: the path of wintun.dll. Default: beside this plugin, then in the system folder.", Default = "searched for")]
    public FilePath? WintunFile { get; init; }

    /// <summary>Whether an unsigned wintun.dll is refused. Windows only.</summary>
    [Option("Windows: whether a wintun.dll without a valid signature of its makers is refused. false is for test doubles only.")]
    public bool VerifySignature { get; init; } = true;

    // WINTUN_MIN_RING_CAPACITY and WINTUN_MAX_RING_CAPACITY of wintun.h.
    private const int MinRingCapacity = 0x20000;
    private const int MaxRingCapacity = 0x4000000;
}
