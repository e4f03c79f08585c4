using System.Globalization;
using System.Runtime.InteropServices;
using Culvert.Host.Run;

namespace Tools.Tests.Run;

/// <summary>What is given back to the system. It reads this process's own numbers, which other tests change less.</summary>
public sealed class HeapTrimTests
{
    private const int Block = 4096;
    private const int Blocks = 16 * 1024;

    [Fact]
    public void Holes_in_the_heap_are_given_back()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("malloc_trim is glibc's.");
        }

        var blocks = new nint[Blocks];
        for (var i = 0; i < Blocks; i++)
        {
            blocks[i] = Marshal.AllocHGlobal(Block);
            Marshal.WriteByte(blocks[i], 1);
        }

        // The last one keeps the C library from giving back the end of the heap by itself.
        foreach (var block in blocks[..^1])
        {
            Marshal.FreeHGlobal(block);
        }

        var before = PrivateKilobytes();
        using var trim = new HeapTrim();
        var given = before - PrivateKilobytes();
        Marshal.FreeHGlobal(blocks[^1]);
        Assert.True(given > Block / 1024 * Blocks / 2, $"of {Block / 1024 * Blocks} kB {given} were given back");
    }

    // proc(5), status.
    private static int PrivateKilobytes() => int.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture);
}
