using System.Buffers.Binary;
using System.Diagnostics;
using Culvert.Packets;
using Culvert.Tests.Support;

namespace Filter.Tests;

/// <summary>tcpdump's second opinion on random packets and expressions where the languages are the same.</summary>
public sealed class TcpdumpTests
{
    private const int Packets = 400;
    private const int Expressions = 400;
    private const int FileHeader = 24;
    private const int RecordHeader = 16;

    [Fact]
    public async Task Random_expressions_select_the_packets_that_tcpdump_selects()
    {
        Requires.Tool("tcpdump");
        const int Seed = 20261;
        var random = new Random(Seed);
        var packets = Enumerable.Range(0, Packets).Select(_ => new RandomPackets(random).Next()).ToArray();
        var expressions = Enumerable.Range(0, Expressions).Select(_ => new RandomExpressions(random).Next()).ToArray();
        var path = Path.Combine(Path.GetTempPath(), $"culvert-filter-{Guid.NewGuid():N}.pcap");
        try
        {
            await File.WriteAllBytesAsync(path, Capture(packets));
            var differences = new List<string>();
            foreach (var (ours, tcpdumps) in expressions)
            {
                var filter = Filters.Parse(ours);
                var expected = await SelectAsync(path, tcpdumps);
                var actual = Enumerable.Range(0, packets.Length).Where(i => filter.Matches(packets[i], Direction.Outbound)).ToHashSet();
                actual.SymmetricExceptWith(expected);
                differences.AddRange(actual.Order().Take(1).Select(i => $"{ours} [{tcpdumps}]: packet {i}, {Convert.ToHexString(packets[i])}"));
            }

            Assert.True(differences.Count == 0, string.Join("\n", differences.Take(5)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A pcap file of raw IP packets (LINKTYPE_RAW) whose seconds are their indexes.</summary>
    private static byte[] Capture(byte[][] packets)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (var word in (uint[])[0xa1b2_c3d4, 0x0004_0002, 0, 0, 65535, 101])
        {
            writer.Write(word);
        }

        foreach (var (index, packet) in packets.Index())
        {
            foreach (var word in (int[])[index, 0, packet.Length, packet.Length])
            {
                writer.Write(word);
            }

            writer.Write(packet);
        }

        return stream.ToArray();
    }

    private static async Task<HashSet<int>> SelectAsync(string path, string expression)
    {
        // -O: the optimizer of libpcap 1.10.3 changes the verdict of some long expressions.
        var start = new ProcessStartInfo(Requires.Find("tcpdump")!, ["-O", "-n", "-r", path, "-w", "-", expression])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        // An expression that can never be true is an error to tcpdump.
        Assert.True(
            process.ExitCode == 0 || (await error).Contains("rejects all packets", StringComparison.Ordinal), $"tcpdump '{expression}': {await error}");
        return [.. Indexes(output.ToArray())];
    }

    private static IEnumerable<int> Indexes(byte[] capture)
    {
        for (var next = FileHeader; next < capture.Length; next += RecordHeader + BinaryPrimitives.ReadInt32LittleEndian(capture.AsSpan(next + 8)))
        {
            yield return BinaryPrimitives.ReadInt32LittleEndian(capture.AsSpan(next));
        }
    }
}
