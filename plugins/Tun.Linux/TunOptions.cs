using System.Net;
using Culvert.Endpoints;
using Culvert.Options;

namespace Culvert.Plugins.Tun.Linux;

/// <summary>The keys of <c>stage: tun</c>.</summary>
public sealed record TunOptions
{
    /// <summary>The device's name.</summary>
    [Option("The device's name: 1 to 15 bytes without '/', ':', '%' or spaces. One that exists as a TUN device and is free is used.", Example = "culvert0")]
    public string Device { get; init; } = "culvert0";

    /// <summary>The device's addresses.</summary>
    [Option("The device's addresses, each with its prefix length. None: a site sets them from outside.", Example = "[10.99.0.1/24, \"fd99::1/64\"]")]
    public IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    /// <summary>The prefixes routed into the device.</summary>
    [Option("Prefixes routed into the device, beside the networks of its addresses.", Example = "[10.80.0.0/16]")]
    public IReadOnlyList<IPNetwork> Routes { get; init; } = [];

    /// <summary>The device's MTU.</summary>
    [Option("The device's MTU in bytes, 68 to 65535, or auto: what the path MTU leaves.", Default = "auto")]
    public MtuSetting Mtu { get; init; } = MtuSetting.Auto;

    /// <summary>Whether the kernel's offloads are used.</summary>
    [Option("Exchange super-packets of up to 64 KiB with the kernel (TSO, USO, GRO). The stages see single packets either way.")]
    public bool Offload { get; init; } = true;
}
