using System.ComponentModel;
using System.Diagnostics;

namespace Culvert.Host.Demo;

/// <summary>
/// Where the demo may make network namespaces and devices: in namespaces of its own (network, mounts, processes), made by
/// <c>unshare</c> of util-linux. Nothing that happens in there is seen from outside, and when its first process ends, the kernel
/// ends every other one and removes every device: nothing can be left behind, even by <c>kill -9</c>.
/// </summary>
/// <param name="Description">In words.</param>
/// <param name="Options">The options of <c>unshare</c>.</param>
internal sealed record Sandbox(string Description, IReadOnlyList<string> Options)
{
    private static readonly string[] _options = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

    // What the demo needs and what may be forbidden: a TUN device and a veth pair.
    private const string Probe = "ip tuntap add mode tun dev culvert0 && ip link add wan0 type veth peer name wan1";

    private static readonly Sandbox[] _candidates =
    [
        new("with this user's own permissions", _options),
        new("in an unprivileged user namespace", ["--user", "--map-root-user", .. _options]),
    ];

    /// <summary>The first that works here.</summary>
    /// <param name="why">When none does: one line for each that was tried.</param>
    public static Sandbox? Find(out List<string> why)
    {
        why = OperatingSystem.IsLinux() ? [] : ["network namespaces are Linux's, and this is another system"];
        foreach (var candidate in OperatingSystem.IsLinux() ? _candidates : [])
        {
            if (candidate.Try() is not { } reason)
            {
                return candidate;
            }

            why.Add($"{candidate.Description}: {reason}");
        }

        return null;
    }

    /// <summary>Starts this program again inside. Its standard input is a pipe; the outputs are this program's own.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">
    /// Where it puts temporary files. .NET itself makes some, for debuggers, and leaves them when a process is killed.
    /// </param>
    public Process StartSelf(IEnumerable<string> arguments, string folder)
    {
        var program = Environment.ProcessPath!;
        string[] self = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Path.Combine(AppContext.BaseDirectory, "culvert.dll")] : [program];
        return Process.Start(StartInfo([.. self, .. arguments], folder))!;
    }

    private ProcessStartInfo StartInfo(IEnumerable<string> commandLine, string folder) =>
        new("unshare", [.. Options, "--", .. commandLine]) { RedirectStandardInput = true, Environment = { ["TMPDIR"] = folder } };

    private string? Try()
    {
        var start = StartInfo(["sh", "-c", $"({Probe}) 2>&1"], Path.GetTempPath());
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        try
        {
            using var probe = Process.Start(start)!;
            var said = probe.StandardOutput.ReadToEnd() + probe.StandardError.ReadToEnd();
            probe.WaitForExit();
            return probe.ExitCode == 0 ? null : said.Trim().ReplaceLineEndings("; ");
        }
        catch (Win32Exception)
        {
            return "the program 'unshare' (util-linux) was not found";
        }
    }
}
