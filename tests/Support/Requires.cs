using System.Diagnostics.CodeAnalysis;
using Xunit;

namespace Culvert.Tests.Support;

/// <summary>
/// What a test needs of the machine. Where it is missing, the test is skipped with the reason; where the environment variable <c>CI</c>
/// is set, it fails instead, so that a test run that is meant to be complete cannot pass by skipping.
/// </summary>
public static class Requires
{
    private static readonly string[] _sbin = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>Linux, and the rights of root: for network namespaces and devices.</summary>
    public static void Root()
    {
        Linux();
        if (!Environment.IsPrivilegedProcess)
        {
            Missing("needs root");
        }
    }

    /// <summary>Linux.</summary>
    public static void Linux()
    {
        if (!OperatingSystem.IsLinux())
        {
            Missing("needs Linux");
        }
    }

    /// <summary>A program on the path or in the usual folders of system programs.</summary>
    public static void Tool(string name)
    {
        if (Find(name) is null)
        {
            Missing($"needs the program '{name}'");
        }
    }

    /// <summary>Root, <c>ip</c> and <c>/dev/net/tun</c>: everything for a real TUN in a namespace of its own.</summary>
    public static void TunDevice()
    {
        Root();
        Tool("ip");
        if (!File.Exists("/dev/net/tun"))
        {
            Missing("needs /dev/net/tun");
        }
    }

    /// <summary>The full path of a program, or null.</summary>
    public static string? Find(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(_sbin);
        return folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    [DoesNotReturn]
    private static void Missing(string reason)
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")))
        {
            Assert.Fail(reason + " (no skip: CI is set)");
        }

        Assert.Skip(reason);
    }
}
