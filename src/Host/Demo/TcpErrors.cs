using System.Globalization;

namespace Culvert.Host.Demo;

/// <summary>The kernel's own count of TCP segments with a bad checksum, from <c>/proc/net/snmp</c>.</summary>
internal static class TcpErrors
{
    /// <summary>How many segments the kernel in a namespace has refused for their checksum.</summary>
    public static long BadChecksums(NetworkNamespace space)
    {
        // Two lines that begin with "Tcp:": the names, then the values.
        var lines = space.Run(() => File.ReadAllLines("/proc/thread-self/net/snmp"))
            .Where(line => line.StartsWith("Tcp:", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .ToArray();
        return long.Parse(lines[1][Array.IndexOf(lines[0], "InCsumErrors")], CultureInfo.InvariantCulture);
    }
}
