using Culvert.Testing;
using Culvert.Tests.Support;
using Culvert.Wire;

namespace Plugins.Tests.Kernel;

/// <summary>A namespace that forwards between two TUN devices and filters with nftables and conntrack: the kernel as a second opinion.</summary>
internal sealed class KernelFilter : IDisposable
{
    public const string Inside = "10.0.0.";
    public const string Outside = "10.9.0.";

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    private readonly NetworkNamespace _space = NetworkNamespace.Create();
    private readonly PlainTun _in;
    private readonly PlainTun _out;

    /// <param name="rules">What passes besides known flows, as nft statements.</param>
    public KernelFilter(params string[] rules)
    {
        _in = PlainTun.Open(_space, "in0");
        _out = PlainTun.Open(_space, "out0");
        _space.Run($"ip addr add {Inside}254/24 dev in0");
        _space.Run($"ip addr add {Outside}254/24 dev out0");
        _space.Run("nft add table inet filter");
        Nft("add chain inet filter raw { type filter hook prerouting priority raw; }");
        Nft("add rule inet filter raw udp dport 9 notrack");
        Nft("add chain inet filter forward { type filter hook forward priority filter; policy drop; }");
        foreach (var rule in (string[])["udp dport 9 accept", "ct state invalid drop", "ct state established,related accept", .. rules])
        {
            Nft($"add rule inet filter forward {rule}");
        }

        _space.Invoke(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/netfilter/nf_conntrack_tcp_loose", "0");
            foreach (var file in Directory.GetFiles("/proc/sys/net/netfilter", "nf_conntrack_*timeout*"))
            {
                // The stage's clock stands still; so does this one.
                File.WriteAllText(file, "3600");
            }
        });
    }

    /// <summary>Sends a packet through the kernel.</summary>
    /// <returns>Whether it came out at the other side.</returns>
    public bool Passes(byte[] packet, bool isOutbound)
    {
        var (from, to) = isOutbound ? (_in, _out) : (_out, _in);
        from.Send(packet);
        Assert.True(from.Send(Marker(isOutbound)), "The kernel takes the marker.");
        var passed = false;
        while (true)
        {
            var received = to.Receive(_limit) ?? throw new TimeoutException("The marker did not come out.");
            if (received.AsSpan().EndsWith("marker"u8))
            {
                return passed;
            }

            // Not what the kernel says by itself.
            passed |= IpView.TryParse(received, out var ip) && ip.IsIpv4 && IpView.TryParse(packet, out var sent) && ip.Source.SequenceEqual(sent.Source);
        }
    }

    public void Dispose()
    {
        _in.Dispose();
        _out.Dispose();
        _space.Dispose();
    }

    private static byte[] Marker(bool isOutbound) =>
        (isOutbound ? PacketBuilder.Ipv4(Inside + "9", Outside + "9") : PacketBuilder.Ipv4(Outside + "9", Inside + "9"))
            .Udp(9, 9).Payload("marker"u8.ToArray()).Build();

    private void Nft(string command) => _space.TryRun(_limit, "nft", command).Succeeded();
}
