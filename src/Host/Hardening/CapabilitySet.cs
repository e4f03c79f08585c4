using System.Globalization;

namespace Culvert.Host.Hardening;

/// <summary>Linux capabilities as the kernel keeps them, a bit each; see capabilities(7).</summary>
internal readonly record struct CapabilitySet(ulong Bits)
{
    private static readonly string[] _names =
    [
        "chown", "dac-override", "dac-read-search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap", "linux-immutable",
        "net-bind-service", "net-broadcast", "net-admin", "net-raw", "ipc-lock", "ipc-owner", "sys-module", "sys-rawio", "sys-chroot", "sys-ptrace",
        "sys-pacct", "sys-admin", "sys-boot", "sys-nice", "sys-resource", "sys-time", "sys-tty-config", "mknod", "lease", "audit-write",
        "audit-control", "setfcap", "mac-override", "mac-admin", "syslog", "wake-alarm", "block-suspend", "audit-read", "perfmon", "bpf",
        "checkpoint-restore",
    ];

    /// <summary>The names in lower case, without <c>CAP_</c>.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var bits = Bits;
            return [.. Enumerable.Range(0, 64).Where(bit => (bits >> bit & 1) != 0).Select(bit =>
                bit < _names.Length ? _names[bit] : bit.ToString(CultureInfo.InvariantCulture))];
        }
    }

    /// <summary>The set of one capability.</summary>
    public static CapabilitySet Of(int capability) => new(1UL << capability);

    /// <summary>The permitted set of a thread of this process; null for one that has ended.</summary>
    /// <param name="thread">The folder of the thread in <c>/proc/self/task</c>.</param>
    public static CapabilitySet? PermittedOf(string thread)
    {
        const string Key = "CapPrm:";
        try
        {
            var line = File.ReadLines(Path.Combine(thread, "status")).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
            return line is null ? null : new CapabilitySet(ulong.Parse(line.AsSpan(Key.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // ENOENT when the thread had ended before, ESRCH when it ended meanwhile.
            return null;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Bits == 0 ? "none" : string.Join(", ", Names);
}
