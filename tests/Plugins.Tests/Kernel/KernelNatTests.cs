using Culvert.Plugins.Nat;
using Culvert.Tests.Support;
using Culvert.Wire;
using Plugins.Tests.Translating;

namespace Plugins.Tests.Kernel;

/// <summary>The translator and nftables with conntrack make the same packets of the same random traffic, byte for byte.</summary>
public sealed class KernelNatTests(ITestOutputHelper output)
{
    private const string Inside = "192.168.1.";
    private const int Packets = 3000;

    [Fact]
    public void Prefixes_are_mapped_as_the_kernel_maps_them() => Compare(
        Nats.Map(("192.168.1.0/24", "10.1.1.0/24")),
        "add rule ip nat post oifname out0 ip saddr 192.168.1.0/24 udp dport != 9 snat prefix to 10.1.1.0/24",
        "add rule ip nat post oifname out0 ip saddr 192.168.1.0/24 meta l4proto != udp snat prefix to 10.1.1.0/24",
        "add rule ip nat pre iifname out0 ip daddr 10.1.1.0/24 dnat prefix to 192.168.1.0/24");

    [Fact]
    public void Hosts_share_an_address_as_behind_the_kernel() => Compare(
        Nats.Masquerade(), $"add rule ip nat post oifname out0 ip saddr 192.168.1.0/24 snat to {Nats.Shared}");

    private void Compare(NatOptions options, params string[] rules)
    {
        Requires.TunDevice();
        Requires.Tool("nft");
        using var kernel = new KernelRouter(Inside, RandomTranslations.Outside);
        kernel.Nft("add table ip nat");
        kernel.Nft("add chain ip nat pre { type nat hook prerouting priority dstnat; }");
        kernel.Nft("add chain ip nat post { type nat hook postrouting priority srcnat; }");
        foreach (var rule in rules)
        {
            kernel.Nft(rule);
        }

        kernel.HoldTime();
        using var nat = Nats.Start(options);
        var traffic = new RandomTranslations(1, Inside);
        var (compared, random) = (0, new Random(2));
        for (var i = 0; i < Packets; i++)
        {
            var isOutbound = random.Next(2) == 0;
            if ((isOutbound ? traffic.FromHost() : traffic.ToHost()) is not { } packet)
            {
                continue;
            }

            var ours = (isOutbound ? nat.Outbound(packet) : nat.Inbound(packet)).Packets.SingleOrDefault();
            var theirs = kernel.Forward(packet, isOutbound);
            Assert.NotNull(ours);
            if (isOutbound)
            {
                traffic.Note([.. ours]);
            }

            Assert.True(IpView.TryParse(ours, out var ip));
            ip.HopLimit--;
            if (theirs is null || !ours.AsSpan().SequenceEqual(theirs))
            {
                Assert.Fail($"{i} {(isOutbound ? "outbound" : "inbound")}\n{PacketText.Describe(packet)}\nours {PacketText.Describe(ours)}\nkernel {(theirs is null ? "nothing" : PacketText.Describe(theirs))}");
            }

            compared++;
        }

        output.WriteLine($"{compared} packets are equal");
        Assert.True(compared > Packets * 9 / 10);
    }
}
