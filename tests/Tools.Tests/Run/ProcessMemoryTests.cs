using Culvert.Host.Hardening;
using Culvert.Host.Hardening.Interop;
using Culvert.Tests.Support;

namespace Tools.Tests.Run;

/// <summary>The memory of the process, which holds keys: of this very process, for a moment.</summary>
public sealed class ProcessMemoryTests
{
    private const int PR_GET_DUMPABLE = 3;

    [Fact]
    public void Closed_memory_is_in_no_core_dump_and_for_no_other_process()
    {
        Requires.Linux();
        Assert.Equal(1, IsDumpable());

        ProcessMemory.Close();
        try
        {
            Assert.Equal(0, IsDumpable());
            Assert.Equal(0, Prctl.getrlimit(Prctl.RLIMIT_CORE, out var limit));
            Assert.Equal((nuint)0, limit.rlim_cur);
        }
        finally
        {
            ProcessMemory.Open();
        }

        Assert.Equal(1, IsDumpable());
    }

    private static int IsDumpable() => Prctl.prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}
