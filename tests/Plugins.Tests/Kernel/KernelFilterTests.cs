using Culvert.Testing;
using Culvert.Tests.Support;
using Culvert.Wire;
using Microsoft.Extensions.Time.Testing;
using Plugins.Tests.Filtering;

namespace Plugins.Tests.Kernel;

/// <summary>
/// The filter and nftables with conntrack decide the same about the same random traffic, but for stray segments, which Linux 6 lets pass and
/// the filter drops. The README of the filter lists them.
/// </summary>
public sealed class KernelFilterTests(ITestOutputHelper output)
{
    private const int Packets = 6000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_traffic(int seed)
    {
        Requires.TunDevice();
        Requires.Tool("nft");
        using var kernel = new KernelFilter("iifname in0 tcp dport 443 accept", "iifname in0 udp dport 53 accept", "iifname in0 icmp type echo-request accept");
        using var context = new TestStageContext(new FakeTimeProvider());
        using var filter = Filters.Start(
            Filters.Of("allow outbound and tcp dst port 443", "allow outbound and udp dst port 53", "allow outbound and icmp-type echo-request"), context);
        var traffic = new RandomConversations(seed);
        var (passed, differences, strays) = (0, 0, new int[Enum.GetValues<Stray>().Length]);
        for (var i = 0; i < Packets; i++)
        {
            var (packet, isOutbound) = traffic.Next();
            var ours = (isOutbound ? filter.Outbound(packet) : filter.Inbound(packet)).Passed.Count == 1;
            var theirs = kernel.Passes(packet, isOutbound);
            passed += ours ? 1 : 0;
            if (ours == theirs)
            {
                continue;
            }

            strays[(int)traffic.Stray]++;
            if (traffic.Stray == Stray.None || (ours && traffic.Stray != Stray.AfterBeyondWindow))
            {
                differences++;
                output.WriteLine($"{i} {(isOutbound ? "outbound" : "inbound")} ours {ours}, kernel {theirs}: {PacketText.Describe(packet)}");
            }
        }

        var kinds = Enum.GetValues<Stray>().Select(kind => $"{kind} {strays[(int)kind]}");
        output.WriteLine($"{Packets} packets, {passed} passed; differences: {string.Join(", ", kinds)}");
        Assert.InRange(passed, Packets / 10, Packets);
        Assert.Equal(0, differences);
    }
}
