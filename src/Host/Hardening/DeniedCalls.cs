using System.Runtime.InteropServices;

namespace Culvert.Host.Hardening;

/// <summary>
/// The system calls that a running tunnel never needs, by number: <c>asm/unistd_64.h</c> for x64, <c>asm-generic/unistd.h</c> for arm64. 0 where an
/// architecture does not have the call.
/// </summary>
/// <param name="Name">The name in the kernel's headers.</param>
/// <param name="X64">The number on x64.</param>
/// <param name="Arm64">The number on arm64.</param>
internal sealed record DeniedCalls(string Name, uint X64, uint Arm64)
{
    /// <summary>Every one of them.</summary>
    public static IReadOnlyList<DeniedCalls> All { get; } =
    [
        // Start another program. Threads are made by clone, whose flags SeccompFilter looks at.
        new("execve", 59, 221), new("execveat", 322, 281), new("fork", 57, 0), new("vfork", 58, 0),

        // Read or steer another process.
        new("ptrace", 101, 117), new("process_vm_readv", 310, 270), new("process_vm_writev", 311, 271), new("process_madvise", 440, 440),
        new("pidfd_getfd", 438, 438), new("kcmp", 312, 272),

        // Change what the process sees: mounts, namespaces, the root folder.
        new("mount", 165, 40), new("umount2", 166, 39), new("pivot_root", 155, 41), new("chroot", 161, 51), new("move_mount", 429, 429),
        new("open_tree", 428, 428), new("fsopen", 430, 430), new("fsconfig", 431, 431), new("fsmount", 432, 432), new("fspick", 433, 433),
        new("mount_setattr", 442, 442), new("unshare", 272, 97), new("setns", 308, 268), new("open_by_handle_at", 304, 265),

        // Become somebody else.
        new("setuid", 105, 146), new("setgid", 106, 144), new("setreuid", 113, 145), new("setregid", 114, 143), new("setgroups", 116, 159),
        new("setresuid", 117, 147), new("setresgid", 119, 149), new("setfsuid", 122, 151), new("setfsgid", 123, 152), new("capset", 126, 91),
        new("personality", 135, 92),

        // Put code or keys into the kernel, or use the parts of it where most faults have been found.
        new("bpf", 321, 280), new("io_uring_setup", 425, 425), new("io_uring_enter", 426, 426), new("io_uring_register", 427, 427),
        new("keyctl", 250, 219), new("add_key", 248, 217), new("request_key", 249, 218), new("kexec_load", 246, 104),
        new("kexec_file_load", 320, 294), new("init_module", 175, 105), new("finit_module", 313, 273), new("delete_module", 176, 106),
        new("perf_event_open", 298, 241), new("userfaultfd", 323, 282), new("modify_ldt", 154, 0), new("fanotify_init", 300, 262),
        new("lookup_dcookie", 212, 18),

        // Administer the machine.
        new("acct", 163, 89), new("swapon", 167, 224), new("swapoff", 168, 225), new("reboot", 169, 142), new("sethostname", 170, 161),
        new("setdomainname", 171, 162), new("iopl", 172, 0), new("ioperm", 173, 0), new("quotactl", 179, 60), new("quotactl_fd", 443, 443),
        new("settimeofday", 164, 170), new("clock_settime", 227, 112), new("clock_adjtime", 305, 266), new("adjtimex", 159, 171),
        new("syslog", 103, 116), new("vhangup", 153, 58),
    ];

    /// <summary>The number on an architecture; null where it does not have the call.</summary>
    public uint? On(Architecture architecture) => (architecture == Architecture.X64 ? X64 : Arm64) is > 0 and var number ? number : null;
}
