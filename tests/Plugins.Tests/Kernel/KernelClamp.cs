using Culvert.Tests.Support;
using Culvert.Wire;
using Plugins.Tests.Packets;

namespace Plugins.Tests.Kernel;

/// <summary>
/// A namespace of its own that forwards from one TUN device to another and clamps the MSS on the way, by iptables or by nftables: the
/// kernel as a second opinion.
/// </summary>
internal sealed class KernelClamp : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    /// <summary>Goes behind each packet; when it comes out, the packet has come out or never will.</summary>
    private static readonly byte[] _marker = new TcpPacket { Flags = TcpBytes.Rst, Payload = "marker"u8.ToArray() }.ToBytes();

    private readonly NetworkNamespace _space = NetworkNamespace.Create();
    private readonly PlainTun _in;
    private readonly PlainTun _out;

    private KernelClamp()
    {
        _in = PlainTun.Open(_space, "in0");
        _out = PlainTun.Open(_space, "out0");
        _space.Invoke(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
            File.WriteAllText("/proc/sys/net/ipv4/conf/all/rp_filter", "0");
            File.WriteAllText("/proc/sys/net/ipv4/conf/in0/rp_filter", "0");
        });

        // The kernel takes no packet from a device without an address of its family.
        _space.Run("ip addr add 203.0.113.1/32 dev in0");
        _space.Run("ip -6 addr add 2001:db8:ffff::1/128 dev in0");
        _space.Run("ip route add default dev out0");
        _space.Run("ip -6 route add default dev out0");
    }

    /// <summary>Clamps with <c>iptables -j TCPMSS</c>.</summary>
    public static KernelClamp WithIptables(int limit)
    {
        var kernel = new KernelClamp();
        foreach (var program in new[] { "iptables", "ip6tables" })
        {
            kernel._space.Run($"{program} -t mangle -A FORWARD -p tcp --tcp-flags SYN SYN -j TCPMSS --set-mss {limit}");
        }

        return kernel;
    }

    /// <summary>Clamps with nftables' <c>tcp option maxseg size set</c>.</summary>
    public static KernelClamp WithNftables(int limit)
    {
        var kernel = new KernelClamp();
        kernel._space.Run("nft add table inet clamp");
        kernel._space.TryRun(
            _limit, "nft", "add chain inet clamp forward { type filter hook forward priority mangle; }").Succeeded();
        kernel._space.Run($"nft add rule inet clamp forward tcp flags & syn == syn tcp option maxseg size set {limit}");
        return kernel;
    }

    /// <summary>Sends a packet through the kernel.</summary>
    /// <returns>What came out, or null when the kernel does not forward such a packet.</returns>
    public byte[]? Forward(byte[] packet)
    {
        _in.Send(packet);
        Assert.True(_in.Send(_marker), "The kernel takes the marker.");
        byte[]? forwarded = null;
        while (true)
        {
            var received = _out.Receive(_limit) ?? throw new TimeoutException("The marker did not come out.");
            if (received.AsSpan().EndsWith("marker"u8))
            {
                return forwarded;
            }

            // The kernel speaks for itself on a new IPv6 device: router solicitations, multicast reports.
            if (!IpView.TryParse(received, out var ip) || ip.Protocol is not (IpProtocol.Icmpv6 or IpProtocol.Icmp))
            {
                forwarded = received;
            }
        }
    }

    public void Dispose()
    {
        _in.Dispose();
        _out.Dispose();
        _space.Dispose();
    }
}
