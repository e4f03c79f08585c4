using Culvert.Host.Hardening.Interop;

namespace Culvert.Host.Hardening;

/// <summary>
/// Keeps the memory of this process, which holds keys, from core dumps and from other processes of the same user. Linux only; elsewhere nothing is
/// done.
/// </summary>
internal static class ProcessMemory
{
    private static nuint _coreLimit;

    /// <summary>Makes the process not dumpable, without core dumps. Called before a key is read.</summary>
    public static void Close()
    {
        if (OperatingSystem.IsLinux() && Prctl.getrlimit(Prctl.RLIMIT_CORE, out var limit) == 0)
        {
            _coreLimit = limit.rlim_cur;
            _ = Prctl.setrlimit(Prctl.RLIMIT_CORE, limit with { rlim_cur = 0 });
            _ = Prctl.prctl(Prctl.PR_SET_DUMPABLE, 0, 0, 0, 0);
        }
    }

    /// <summary>Undoes <see cref="Close"/>.</summary>
    public static void Open()
    {
        if (OperatingSystem.IsLinux() && Prctl.getrlimit(Prctl.RLIMIT_CORE, out var limit) == 0)
        {
            _ = Prctl.setrlimit(Prctl.RLIMIT_CORE, limit with { rlim_cur = _coreLimit });
            _ = Prctl.prctl(Prctl.PR_SET_DUMPABLE, 1, 0, 0, 0);
        }
    }

    /// <summary>Makes <see cref="Close"/> final: not even a later raise of the limit brings core dumps back.</summary>
    public static void Seal() => _ = Prctl.setrlimit(Prctl.RLIMIT_CORE, default);
}
