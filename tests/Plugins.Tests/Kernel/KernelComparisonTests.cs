using Culvert.Plugins.MssClamp;
using Culvert.Testing;
using Culvert.Tests.Support;
using Culvert.Wire;
using Plugins.Tests.Cases;
using Plugins.Tests.Packets;

namespace Plugins.Tests.Kernel;

/// <summary>
/// The same packets through the kernel's clamps and through ours. Wherever the two differ, the row in which the kernel is known to be
/// wrong says so; any other difference fails. A kernel that has got a row right since is welcome.
/// </summary>
public sealed class KernelComparisonTests(ITestOutputHelper output)
{
    private const int Limit = 1360;
    private const int RandomPackets = 3000;
    private const int NoMtu = 65535;

    /// <summary>What net/netfilter/xt_TCPMSS.c is seen to do here, on the kernel that the test runs on.</summary>
    private static readonly Dictionary<string, string> _iptablesIsWrong = new()
    {
        ["A7"] = "updates the checksum as if the value lay at an even offset (fixed in mid-2026)",
        ["O2"] = "lowers the first of several MSS options only",
        ["O3"] = "inserts an option beside a malformed MSS option, which may be what counts",
        ["O4"] = "walks on, byte by byte, past an option whose length cannot be",
        ["O5"] = "walks on past the end of the list, into the padding",
        ["O6b"] = "inserts an option in front of options that are broken",
        ["O9k"] = "inserts an option in front of options that are broken",
        ["O9l"] = "makes a first fragment longer, so that it overlaps with the second",
        ["P8d"] = "does not look behind an Authentication Header",
    };

    /// <summary>What net/netfilter/nft_exthdr.c is seen to do here, on the kernel that the test runs on.</summary>
    private static readonly Dictionary<string, string> _nftablesIsWrong = new()
    {
        ["A7"] = "updates the checksum as if the value lay at an even offset",
        ["O2"] = "lowers the first of several MSS options only",
        ["O3"] = "takes the first option of kind 2 for an MSS, whatever its length",
        ["O4"] = "walks on, byte by byte, past an option whose length cannot be",
        ["O5"] = "walks on past the end of the list, into the padding",
        ["P8d"] = "does not look behind an Authentication Header",
    };

    private static MssClampOptions Inserting => ClampCase.To(Limit) with { InsertMissing = true };

    /// <summary>TCPMSS always inserts a missing option; so does ours here.</summary>
    [Fact]
    public void The_cases_through_iptables()
    {
        Require("iptables", "ip6tables");
        using var kernel = KernelClamp.WithIptables(Limit);
        CompareCases(kernel, Inserting, _iptablesIsWrong);
    }

    [Fact]
    public void The_cases_through_nftables()
    {
        Require("nft");
        using var kernel = KernelClamp.WithNftables(Limit);
        CompareCases(kernel, ClampCase.To(Limit), _nftablesIsWrong);
    }

    [Fact]
    public void Random_SYNs_through_iptables()
    {
        Require("iptables", "ip6tables");
        using var kernel = KernelClamp.WithIptables(Limit);
        CompareRandom(kernel, Inserting, _iptablesIsWrong);
    }

    [Fact]
    public void Random_SYNs_through_nftables()
    {
        Require("nft");
        using var kernel = KernelClamp.WithNftables(Limit);
        CompareRandom(kernel, ClampCase.To(Limit), _nftablesIsWrong);
    }

    private static void Require(params string[] tools)
    {
        Requires.TunDevice();
        foreach (var tool in tools)
        {
            Requires.Tool(tool);
        }
    }

    private void CompareCases(KernelClamp kernel, MssClampOptions options, Dictionary<string, string> wrong)
    {
        using var clamp = Start(options);
        var same = 0;
        foreach (var one in ArithmeticCases.All.Concat(OptionCases.All).Concat(PacketCases.All))
        {
            if (kernel.Forward(one.Before) is not { } theirs)
            {
                continue;
            }

            var ours = clamp.Outbound(one.Before).Single();
            if (IsSame(ours, theirs))
            {
                same++;
                continue;
            }

            var row = wrong.Keys.FirstOrDefault(row => one.Row.StartsWith(row, StringComparison.Ordinal));
            Assert.True(row is not null, $"{one}: the kernel differs.\n{Show(one.Before, ours, theirs)}");
            output.WriteLine($"{one}\n  the kernel {wrong[row]}\n{Show(one.Before, ours, theirs)}\n");
        }

        Assert.InRange(same, 40, int.MaxValue);
    }

    private void CompareRandom(KernelClamp kernel, MssClampOptions options, Dictionary<string, string> wrong)
    {
        using var clamp = Start(options);
        var syn = new RandomSyn(seed: 1) { IsRoutable = true };
        var (same, differences) = (0, new SortedDictionary<string, int>(StringComparer.Ordinal));
        for (var i = 0; i < RandomPackets; i++)
        {
            syn.Next();
            var before = syn.Packet.ToArray();
            if (kernel.Forward(before) is not { } theirs)
            {
                continue;
            }

            var ours = clamp.Outbound(before).Single();
            if (IsSame(ours, theirs))
            {
                same++;
                continue;
            }

            var row = RowOf(syn);
            Assert.True(row is not null && wrong.ContainsKey(row), $"packet {i}: the kernel differs.\n{Show(before, ours, theirs)}");
            differences[row] = differences.GetValueOrDefault(row) + 1;
        }

        output.WriteLine($"{same} the same");
        foreach (var (row, count) in differences)
        {
            output.WriteLine($"{count} differ by row {row}: the kernel {wrong[row]}");
        }

        Assert.InRange(same, RandomPackets / 3, RandomPackets);
    }

    /// <summary>The row that tells why the kernel may be wrong about a random SYN; null when it has no reason.</summary>
    private static string? RowOf(RandomSyn syn)
    {
        foreach (var offset in syn.MssOffsets)
        {
            if ((offset - syn.TcpOffset) % 2 != 0)
            {
                return "A7";
            }
        }

        return syn.MssOffsets.Length > 1 ? "O2" : syn.HasAuthenticationHeader ? "P8d" : syn.HasPadding ? "O5" : null;
    }

    private static StageHarness<MssClampStage> Start(MssClampOptions options) =>
        StageHarness.Create<MssClampStage, MssClampOptions>(options, new TestStageContext(mtu: NoMtu));

    /// <summary>The same from the TCP header on; in front of it the kernel counts down the hops and fills in IP options.</summary>
    private static bool IsSame(byte[] ours, byte[] theirs) =>
        IpView.TryParse(ours, out var a) && IpView.TryParse(theirs, out var b)
        && a.Length == b.Length && a.Transport.SequenceEqual(b.Transport);

    private static string Show(byte[] before, byte[] ours, byte[] theirs) =>
        $"  before {PacketText.Describe(before)}\n  ours   {PacketText.Describe(ours)}\n  kernel {PacketText.Describe(theirs)}";
}
