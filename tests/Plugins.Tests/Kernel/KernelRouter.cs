using Culvert.Testing;
using Culvert.Tests.Support;
using Culvert.Wire;

namespace Plugins.Tests.Kernel;

/// <summary>A namespace that forwards IPv4 between two TUN devices, in0 and out0, with nftables and conntrack: the kernel as a second opinion.</summary>
internal sealed class KernelRouter : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    private readonly NetworkNamespace _space = NetworkNamespace.Create();
    private readonly PlainTun _in;
    private readonly PlainTun _out;
    private readonly string _inside;
    private readonly string _outside;

    /// <param name="inside">The first three parts of the inside network's addresses, with a dot behind.</param>
    /// <param name="outside">The same of the outside network.</param>
    public KernelRouter(string inside, string outside)
    {
        (_inside, _outside) = (inside, outside);
        _in = PlainTun.Open(_space, "in0");
        _out = PlainTun.Open(_space, "out0");
        _space.Run($"ip addr add {inside}254/24 dev in0");
        _space.Run($"ip addr add {outside}254/24 dev out0");
        _space.Invoke(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
        Nft("add table inet markers");
        Nft("add chain inet markers raw { type filter hook prerouting priority raw; }");
        Nft("add rule inet markers raw udp dport 9 notrack");
    }

    /// <summary>Runs an nft command.</summary>
    public void Nft(string command) => _space.TryRun(_limit, "nft", command).Succeeded();

    /// <summary>Makes the kernel forget no flow, as the stage's clock stands still, and take none up in the middle.</summary>
    public void HoldTime() => _space.Invoke(() =>
    {
        File.WriteAllText("/proc/sys/net/netfilter/nf_conntrack_tcp_loose", "0");
        foreach (var file in Directory.GetFiles("/proc/sys/net/netfilter", "nf_conntrack_*timeout*"))
        {
            File.WriteAllText(file, "3600");
        }
    });

    /// <summary>Sends a packet through the kernel.</summary>
    /// <returns>What came out at the other side for it; null for nothing.</returns>
    public byte[]? Forward(byte[] packet, bool isOutbound)
    {
        var (from, to) = isOutbound ? (_in, _out) : (_out, _in);
        from.Send(packet);
        Assert.True(from.Send(Marker(isOutbound)), "The kernel takes the marker.");
        byte[]? forwarded = null;
        while (true)
        {
            var received = to.Receive(_limit) ?? throw new TimeoutException("The marker did not come out.");
            if (received.AsSpan().EndsWith("marker"u8))
            {
                return forwarded;
            }

            // Not what the kernel says by itself: of IPv6, or from its own addresses.
            forwarded = IpView.TryParse(received, out var ip) && ip.IsIpv4 && ip.HopLimit == 63 ? received : forwarded;
        }
    }

    public void Dispose()
    {
        _in.Dispose();
        _out.Dispose();
        _space.Dispose();
    }

    private byte[] Marker(bool isOutbound) =>
        (isOutbound ? PacketBuilder.Ipv4(_inside + "9", _outside + "9") : PacketBuilder.Ipv4(_outside + "9", _inside + "9"))
            .Udp(9, 9).Payload("marker"u8.ToArray()).Build();
}
