using System.Runtime.InteropServices;
using Culvert.Host.Hardening.Interop;

namespace Culvert.Host.Hardening;

/// <summary>
/// Refuses with EPERM the system calls in <see cref="DeniedCalls"/>, new processes and new namespaces, for every thread of this process. A list
/// of what is denied and not of what is allowed: the runtime's own calls change between its versions, and it crashes where one is refused.
/// </summary>
internal static class SeccompFilter
{
    // linux/sched.h
    private const uint CloneThread = 0x00010000;
    private const uint CloneNewNamespaces = 0x7E020000;

    private const uint EPERM = 1;
    private const uint ENOSYS = 38;

    /// <summary>Whether there is a filter for this machine.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Installs the filter for all threads, those that start later included. It cannot be taken off again.</summary>
    /// <returns>0, or the <c>errno</c> that says why it was not installed.</returns>
    public static unsafe int Install()
    {
        var architecture = RuntimeInformation.ProcessArchitecture;
        var program = Build(architecture);

        // Without it a process that is not root may not install a filter; the filter's own synchronisation sets it on the other threads.
        if (Prctl.prctl(Prctl.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        fixed (Seccomp.SockFilter* filter = program)
        {
            var fprog = new Seccomp.SockFprog { len = (ushort)program.Length, filter = filter };
            var number = architecture == Architecture.X64 ? 317 : 277;
            return Seccomp.syscall(number, Seccomp.SECCOMP_SET_MODE_FILTER, Seccomp.SECCOMP_FILTER_FLAG_TSYNC, &fprog) switch
            {
                0 => 0,
                < 0 => Marshal.GetLastPInvokeError(),
                _ => (int)ENOSYS, // the id of a thread that has another filter, which it must keep
            };
        }
    }

    /// <summary>The program in classic BPF.</summary>
    internal static Seccomp.SockFilter[] Build(Architecture architecture)
    {
        var x64 = architecture == Architecture.X64;
        var (clone, clone3, prctl) = x64 ? (56u, 435u, 157u) : (220u, 435u, 167u);
        uint[] denied = [.. DeniedCalls.All.Select(call => call.On(architecture)).OfType<uint>()];

        // The three ends follow everything else: 12 instructions, one for each call, and one more on x64.
        var allow = 12 + denied.Length + (x64 ? 1 : 0);
        var program = new List<Seccomp.SockFilter>(allow + 3);
        void Add(ushort code, uint k, int? ifTrue = null, int? ifFalse = null) => program.Add(new Seccomp.SockFilter
        {
            code = code,
            k = k,
            jt = (byte)(ifTrue - program.Count - 1 ?? 0),
            jf = (byte)(ifFalse - program.Count - 1 ?? 0),
        });

        var (refuse, absent) = (allow + 1, allow + 2);
        Add(Seccomp.LoadWord, Seccomp.OffsetOfArchitecture);
        Add(Seccomp.JumpIfEqual, x64 ? Seccomp.AUDIT_ARCH_X86_64 : Seccomp.AUDIT_ARCH_AARCH64, ifFalse: refuse);
        Add(Seccomp.LoadWord, Seccomp.OffsetOfNumber);
        if (x64)
        {
            Add(Seccomp.JumpIfNotLess, Seccomp.X32_SYSCALL_BIT, ifTrue: refuse);
        }

        foreach (var number in denied)
        {
            Add(Seccomp.JumpIfEqual, number, ifTrue: refuse);
        }

        // clone3 keeps its flags where a filter cannot read them; the C library then calls clone.
        Add(Seccomp.JumpIfEqual, clone3, ifTrue: absent);
        var options = program.Count + 5;
        Add(Seccomp.JumpIfEqual, prctl, ifTrue: options);
        Add(Seccomp.JumpIfEqual, clone, ifFalse: allow);
        Add(Seccomp.LoadWord, Seccomp.OffsetOfFirstArgument);
        Add(Seccomp.JumpIfAnyBit, CloneNewNamespaces, ifTrue: refuse);
        Add(Seccomp.JumpIfAnyBit, CloneThread, ifTrue: allow, ifFalse: refuse);

        // Of prctl only what would open the process to others again: the runtime names its threads with it.
        Add(Seccomp.LoadWord, Seccomp.OffsetOfFirstArgument);
        Add(Seccomp.JumpIfEqual, Prctl.PR_SET_DUMPABLE, ifTrue: refuse);
        Add(Seccomp.JumpIfEqual, Prctl.PR_SET_PTRACER, ifTrue: refuse);
        Add(Seccomp.Return, Seccomp.SECCOMP_RET_ALLOW);
        Add(Seccomp.Return, Seccomp.SECCOMP_RET_ERRNO | EPERM);
        Add(Seccomp.Return, Seccomp.SECCOMP_RET_ERRNO | ENOSYS);
        return [.. program];
    }
}
