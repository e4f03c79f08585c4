namespace Culvert.Plugins.Tun.Linux.Interop;

/// <summary><c>linux/if_tun.h</c> (request numbers: asm-generic encoding).</summary>
internal static class IfTun
{
    public const nuint TUNSETIFF = 0x400454CA;
    public const nuint TUNGETIFF = 0x800454D2;
    public const nuint TUNSETOFFLOAD = 0x400454D0;
    public const nuint TUNSETVNETHDRSZ = 0x400454D8;

    /// <summary>Returns a descriptor of the device's network namespace (Linux 5.2).</summary>
    public const nuint TUNGETDEVNETNS = 0x54E3;

    public const short IFF_TUN = 0x0001;
    public const short IFF_MULTI_QUEUE = 0x0100;
    public const short IFF_NO_PI = 0x1000;
    public const short IFF_VNET_HDR = 0x4000;

    /// <summary>"You can hand me packets without checksums."</summary>
    public const uint TUN_F_CSUM = 0x01;

    /// <summary>"I can handle super-packets of TCP over IPv4."</summary>
    public const uint TUN_F_TSO4 = 0x02;

    /// <summary>"I can handle super-packets of TCP over IPv6."</summary>
    public const uint TUN_F_TSO6 = 0x04;

    /// <summary>"… also with ECN bits."</summary>
    public const uint TUN_F_TSO_ECN = 0x08;

    /// <summary>"I can handle super-packets of UDP over IPv4" (Linux 6.2; only together with the next).</summary>
    public const uint TUN_F_USO4 = 0x20;

    /// <summary>"I can handle super-packets of UDP over IPv6" (Linux 6.2).</summary>
    public const uint TUN_F_USO6 = 0x40;
}
