using System.Net;
using Culvert.Endpoints;
using Culvert.Options;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>The keys of <c>stage: tun</c> on Windows: those of Linux, so that one file serves both, and the driver's own.</summary>
public sealed record TunOptions
{
    /// <summary>The adapter's name.</summary>
    [Option("The adapter's name, 1 to 127 characters. An adapter of that name that no other program uses is taken over.", Example = "culvert0")]
    public string Device { get; init; } = "culvert0";

    /// <summary>The adapter's addresses.</summary>
    [Option("The adapter's addresses, each with its prefix length. None: a site sets them from outside.",
        Example = "[10.99.0.1/24, \"fd99::1/64\"]")]
    public IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    /// <summary>The prefixes routed into the adapter.</summary>
    [Option("Prefixes routed into the adapter, beside the networks of its addresses.", Example = "[10.80.0.0/16]")]
    public IReadOnlyList<IPNetwork> Routes { get; init; } = [];

    /// <summary>The adapter's MTU.</summary>
    [Option("The adapter's MTU in bytes, 68 to 65535, or auto: what the path MTU leaves.", Default = "auto")]
    public MtuSetting Mtu { get; init; } = MtuSetting.Auto;

    /// <summary>Accepted, so that one file serves both systems; Wintun exchanges single packets.</summary>
    [Option("Without effect on Windows, where the driver exchanges single packets; here so that one file serves both systems.")]
    public bool Offload { get; init; } = true;

    /// <summary>The size of the driver's ring in each direction.</summary>
    [Option("The size of the driver's ring in each direction, a power of two.",
        Min = Interop.Wintun.WINTUN_MIN_RING_CAPACITY, Max = Interop.Wintun.WINTUN_MAX_RING_CAPACITY)]
    public ByteSize RingCapacity { get; init; } = new(8L << 20);

    /// <summary>The path of wintun.dll.</summary>
    [Option("The path of wintun.dll. Default: beside this plugin, then in the system folder.", Default = "searched for")]
    public FilePath? WintunFile { get; init; }

    /// <summary>Whether an unsigned wintun.dll is refused.</summary>
    [Option("Whether a wintun.dll without a valid signature is refused. false is for test doubles only.")]
    public bool VerifySignature { get; init; } = true;
}
