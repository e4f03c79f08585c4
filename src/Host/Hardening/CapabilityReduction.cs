using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Culvert.Host.Hardening.Interop;

namespace Culvert.Host.Hardening;

/// <summary>
/// Takes capabilities from every thread of this process. The kernel keeps them for each thread and lets none change another's, so each gets a
/// signal whose handler calls capset(2). The handler is a few instructions of machine code: a managed one could run where the runtime allows none.
/// </summary>
internal static class CapabilityReduction
{
    // One of the real-time signals, 34 to 64 on Linux; the runtime uses 34.
    private const int Signal = 60;
    private const int Page = 4096;
    private const int DataOffset = 64;
    private const string Threads = "/proc/self/task";

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(1);

    /// <summary>The permitted set of the process: of its first thread.</summary>
    public static CapabilitySet Current => CapabilitySet.PermittedOf("/proc/self") ?? default;

    /// <summary>Reduces all sets of all threads.</summary>
    /// <param name="keep">What a thread keeps, if it has it.</param>
    /// <returns>Null, or why it failed.</returns>
    public static string? Apply(CapabilitySet keep)
    {
        var wanted = new CapabilitySet(Current.Bits & keep.Bits);
        if (Current == wanted)
        {
            return null;
        }

        return InstallHandler(wanted) ?? SignalAll(wanted);
    }

    // A thread that starts meanwhile has the capabilities of the one that started it: until a pass finds none that has more.
    private static string? SignalAll(CapabilitySet wanted)
    {
        var signal = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 234 : 131; // tgkill
        var began = Stopwatch.GetTimestamp();
        while (Directory.GetDirectories(Threads).Where(thread => (CapabilitySet.PermittedOf(thread)?.Bits & ~wanted.Bits) > 0).ToArray() is { Length: > 0 } rest)
        {
            if (Stopwatch.GetElapsedTime(began) > _limit)
            {
                return $"{rest.Length} threads did not give up their capabilities";
            }

            foreach (var thread in rest)
            {
                var id = int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture);
                _ = Capability.syscall(signal, Environment.ProcessId, id, Signal);
            }

            Thread.Sleep(_pause);
        }

        return null;
    }

    // The handler stays: a thread that is late to take its signal would end the process without one.
    private static unsafe string? InstallHandler(CapabilitySet wanted)
    {
        var page = Capability.mmap(
            0, Page, Capability.PROT_READ | Capability.PROT_WRITE, Capability.MAP_PRIVATE | Capability.MAP_ANONYMOUS, -1, 0);
        if (page == Capability.MAP_FAILED)
        {
            return Marshal.GetLastPInvokeErrorMessage();
        }

        var sets = (Capability.CapabilitySets*)(page + DataOffset);
        *sets = new Capability.CapabilitySets
        {
            version = Capability._LINUX_CAPABILITY_VERSION_3,
            effectiveLow = (uint)wanted.Bits,
            permittedLow = (uint)wanted.Bits,
            effectiveHigh = (uint)(wanted.Bits >> 32),
            permittedHigh = (uint)(wanted.Bits >> 32),
        };
        Code((nint)sets, (nint)(&sets->effectiveLow)).CopyTo(new Span<byte>((void*)page, DataOffset));
        var action = new Capability.SigAction { sa_handler = page, sa_flags = Capability.SA_RESTART };
        return Capability.mprotect(page, Page, Capability.PROT_READ | Capability.PROT_EXEC) == 0 && Capability.sigaction(Signal, &action, null) == 0
            ? null
            : Marshal.GetLastPInvokeErrorMessage();
    }

    /// <summary>The machine code of <c>capset(header, data)</c> as a signal handler.</summary>
    private static byte[] Code(nint header, nint data)
    {
        var (headerBytes, dataBytes) = (BitConverter.GetBytes((long)header), BitConverter.GetBytes((long)data));
        return RuntimeInformation.ProcessArchitecture == Architecture.X64
            ?
            [
                0xF3, 0x0F, 0x1E, 0xFA, // endbr64
                0xB8, 126, 0, 0, 0, // mov eax, 126
                0x48, 0xBF, .. headerBytes, // mov rdi, header
                0x48, 0xBE, .. dataBytes, // mov rsi, data
                0x0F, 0x05, // syscall
                0xC3, // ret
            ]
            :
            [
                0xC0, 0x00, 0x00, 0x58, // ldr x0, [pc + 24]
                0xE1, 0x00, 0x00, 0x58, // ldr x1, [pc + 28]
                0x68, 0x0B, 0x80, 0xD2, // mov x8, #91
                0x01, 0x00, 0x00, 0xD4, // svc #0
                0xC0, 0x03, 0x5F, 0xD6, // ret
                0x1F, 0x20, 0x03, 0xD5, // nop
                .. headerBytes,
                .. dataBytes,
            ];
    }
}
