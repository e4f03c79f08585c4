using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Encrypt.Tests.Fuzz;

/// <summary>
/// Feeds a target with every input of a kept corpus, then for a bounded time with mutations of them. An input that fails is written into the
/// corpus, so that it is tried by every later run until it is mended, and afterwards too. The time is one second, or what the
/// environment variable CULVERT_FUZZ_SECONDS says.
/// </summary>
internal static class Fuzzer
{
    private const int MaxInput = 4096;
    private static readonly byte[] Interesting = [0, 1, 2, 3, 4, 0x0A, 0x2D, 0x3D, 0x7F, 0x80, 0xFF];

    /// <summary>Runs a target.</summary>
    /// <param name="corpus">The corpus's name: a folder beside this file.</param>
    /// <param name="target">Throws for an input that it does not bear.</param>
    /// <param name="liveSeeds">Inputs that only this run can have, such as messages under its keys.</param>
    /// <param name="sourceFile">Filled in by the compiler.</param>
    public static void Run(
        string corpus, Action<byte[]> target, IEnumerable<byte[]> liveSeeds, [CallerFilePath] string sourceFile = "")
    {
        var folder = Path.Combine(Path.GetDirectoryName(sourceFile)!, "corpus", corpus);
        var seeds = Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).Concat(liveSeeds).ToArray();
        Assert.NotEmpty(seeds);
        foreach (var seed in seeds)
        {
            Try(target, seed, folder);
        }

        var random = new Random();
        var limit = Stopwatch.StartNew();
        while (limit.Elapsed < Duration())
        {
            for (var i = 0; i < 100; i++)
            {
                Try(target, Mutate(seeds[random.Next(seeds.Length)], seeds, random), folder);
            }
        }
    }

    private static TimeSpan Duration() =>
        double.TryParse(Environment.GetEnvironmentVariable("CULVERT_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.FromSeconds(1);

    private static void Try(Action<byte[]> target, byte[] input, string folder)
    {
        try
        {
            target(input);
        }
        catch (Exception error)
        {
            var file = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(input))[..16] + ".bin");
            File.WriteAllBytes(file, input);
            throw new InvalidOperationException($"The input kept as {file} fails: {error.Message}", error);
        }
    }

    private static byte[] Mutate(byte[] seed, byte[][] all, Random random)
    {
        var input = seed.ToList();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var at = random.Next(input.Count + 1);
            switch (random.Next(6))
            {
                case 0 when at < input.Count:
                    input[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < input.Count:
                    input[at] = Interesting[random.Next(Interesting.Length)];
                    break;
                case 2:
                    input.Insert(at, Interesting[random.Next(Interesting.Length)]);
                    break;
                case 3 when at < input.Count:
                    input.RemoveRange(at, Math.Min(random.Next(1, 9), input.Count - at));
                    break;
                case 4:
                    var other = all[random.Next(all.Length)];
                    input.InsertRange(at, other.AsSpan(random.Next(other.Length + 1)));
                    break;
                default:
                    input.RemoveRange(at, input.Count - at);
                    break;
            }
        }

        return [.. input.Take(MaxInput)];
    }
}
