using System.Globalization;

namespace EndToEnd.Tests.Soak;

/// <summary>What a process takes of the machine, in KiB: <c>/proc/PID/smaps_rollup</c> and the number of its descriptors.</summary>
/// <param name="Rss">Resident memory.</param>
/// <param name="Anonymous">The part that no file backs: the heaps, managed and native, and stacks.</param>
/// <param name="Descriptors">Open descriptors.</param>
internal sealed record ProcessUse(long Rss, long Anonymous, int Descriptors)
{
    /// <summary>
    /// Pages of files: programs and libraries, which the kernel may drop, and what the runtime compiled, which it maps from a file in memory.
    /// </summary>
    public long Files => Rss - Anonymous;

    /// <summary>Reads it.</summary>
    public static ProcessUse Read(int process)
    {
        var lines = File.ReadAllLines($"/proc/{process}/smaps_rollup");
        return new ProcessUse(Field(lines, "Rss:"), Field(lines, "Anonymous:"), Directory.GetFileSystemEntries($"/proc/{process}/fd").Length);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Rss / 1024.0,6:0.0} MB = {Anonymous / 1024.0,5:0.0} anonymous + {Files / 1024.0,5:0.0} of files, {Descriptors} descriptors");

    private static long Field(string[] lines, string name) =>
        long.Parse(lines.Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
