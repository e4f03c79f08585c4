using System.Runtime.InteropServices;
using Culvert.Host.Hardening;
using Culvert.Host.Hardening.Interop;

namespace Tools.Tests.Run;

/// <summary>The filter's program, run by an interpreter of its seven instructions, on both architectures.</summary>
public sealed class SeccompFilterTests
{
    private const uint Allow = Seccomp.SECCOMP_RET_ALLOW;
    private const uint Refused = Seccomp.SECCOMP_RET_ERRNO | 1;
    private const uint Absent = Seccomp.SECCOMP_RET_ERRNO | 38;

    // linux/sched.h: what the C library makes a thread with, and fork.
    private const uint ThreadFlags = 0x003D0F00;
    private const uint ForkFlags = 17;

    public static TheoryData<Architecture> Architectures => [Architecture.X64, Architecture.Arm64];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Every_denied_call_and_no_other_is_refused(Architecture architecture)
    {
        var denied = DeniedCalls.All.Select(call => call.On(architecture)).OfType<uint>().ToHashSet();
        var (clone, prctl) = Numbers(architecture);
        for (uint number = 0; number < 600; number++)
        {
            var expected = denied.Contains(number) ? Refused : number == 435 ? Absent : Allow;
            Assert.Equal((number, expected), (number, Run(architecture, number, number == clone ? ThreadFlags : 0)));
        }

        Assert.True(denied.Count > 55);
        Assert.DoesNotContain(clone, denied);
        Assert.DoesNotContain(prctl, denied);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Threads_start_processes_and_namespaces_do_not(Architecture architecture)
    {
        var (clone, _) = Numbers(architecture);
        Assert.Equal(Allow, Run(architecture, clone, ThreadFlags));
        Assert.Equal(Refused, Run(architecture, clone, ForkFlags));
        foreach (var space in new uint[] { 0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000 })
        {
            Assert.Equal(Refused, Run(architecture, clone, ThreadFlags | space));
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Prctl_names_threads_but_does_not_open_the_process(Architecture architecture)
    {
        var (_, prctl) = Numbers(architecture);
        Assert.Equal(Allow, Run(architecture, prctl, 15));
        Assert.Equal(Refused, Run(architecture, prctl, Prctl.PR_SET_DUMPABLE));
        Assert.Equal(Refused, Run(architecture, prctl, Prctl.PR_SET_PTRACER));
    }

    [Fact]
    public void Other_system_call_tables_are_refused_whole()
    {
        const uint I386 = 0x40000003;
        Assert.Equal(Refused, Run(SeccompFilter.Build(Architecture.X64), I386, 1, 0));
        Assert.Equal(Refused, Run(Architecture.X64, Seccomp.X32_SYSCALL_BIT | 1, 0));
        Assert.Equal(Refused, Run(SeccompFilter.Build(Architecture.Arm64), Seccomp.AUDIT_ARCH_X86_64, 63, 0));
    }

    private static (uint Clone, uint Prctl) Numbers(Architecture architecture) => architecture == Architecture.X64 ? (56u, 157u) : (220u, 167u);

    private static uint Run(Architecture architecture, uint number, uint argument) => Run(
        SeccompFilter.Build(architecture), architecture == Architecture.X64 ? Seccomp.AUDIT_ARCH_X86_64 : Seccomp.AUDIT_ARCH_AARCH64, number, argument);

    private static uint Run(Seccomp.SockFilter[] program, uint architecture, uint number, uint argument)
    {
        uint loaded = 0;
        for (var at = 0; ; at++)
        {
            var instruction = program[at];
            if (instruction.code == Seccomp.Return)
            {
                return instruction.k;
            }

            if (instruction.code == Seccomp.LoadWord)
            {
                loaded = instruction.k switch
                {
                    Seccomp.OffsetOfNumber => number,
                    Seccomp.OffsetOfArchitecture => architecture,
                    _ => argument,
                };
                continue;
            }

            var holds = instruction.code switch
            {
                Seccomp.JumpIfEqual => loaded == instruction.k,
                Seccomp.JumpIfNotLess => loaded >= instruction.k,
                Seccomp.JumpIfAnyBit => (loaded & instruction.k) != 0,
                _ => throw new InvalidOperationException($"instruction {instruction.code}"),
            };
            at += holds ? instruction.jt : instruction.jf;
        }
    }
}
