using Culvert.Plugins.Tun.Linux;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Testing;

namespace Tun.Linux.Tests;

/// <summary>What is asked of kernels of all ages, and what is said about a refusal.</summary>
public sealed class TunOffloadTests
{
    private const uint Csum = IfTun.TUN_F_CSUM;
    private const uint Tso = IfTun.TUN_F_TSO4 | IfTun.TUN_F_TSO6;
    private const uint Ecn = IfTun.TUN_F_TSO_ECN;
    private const uint Uso = IfTun.TUN_F_USO4 | IfTun.TUN_F_USO6;

    [Theory]
    [InlineData(Csum | Tso | Ecn | Uso, "tcp udp", 0)]
    [InlineData(Csum | Tso | Ecn, "tcp", 1)] // before 6.2
    [InlineData(Csum | Tso, "tcp", 2)]
    [InlineData(Csum, "none", 3)]
    [InlineData(0u, "none", 4)]
    public void A_kernel_is_offered_all_that_it_supports(uint known, string expected, int refusals)
    {
        uint? agreed = null;
        var log = new MemoryLogger();
        var offload = TunOffload.Negotiate("tun-test", flags => Ask(flags, known, ref agreed), wanted: true, log);
        Assert.Equal(expected, offload.ToString());
        Assert.Equal(known, agreed);
        Assert.Equal(refusals, log.Lines.Count);
    }

    [Fact]
    public void Nothing_is_requested_when_the_file_disables_it()
    {
        uint? agreed = null;
        var log = new MemoryLogger();
        Assert.Equal(default, TunOffload.Negotiate("tun-test", flags => Ask(flags, uint.MaxValue, ref agreed), wanted: false, log));
        Assert.Equal(0u, agreed);
        Assert.Empty(log.Lines);
    }

    private static int Ask(uint flags, uint known, ref uint? agreed)
    {
        if ((flags & ~known) != 0)
        {
            return Errno.EINVAL;
        }

        agreed = flags;
        return 0;
    }
}
