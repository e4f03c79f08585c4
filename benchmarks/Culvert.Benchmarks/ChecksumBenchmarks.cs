using BenchmarkDotNet.Attributes;
using Culvert.Wire;

namespace Culvert.Benchmarks;

/// <summary>The full sum over packets of several sizes, and the incremental update of one word.</summary>
[MemoryDiagnoser]
public class ChecksumBenchmarks
{
    private byte[] _data = [];

    [Params(20, 64, 576, 1420, 9001)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _data = new byte[Bytes];
        new Random(1).NextBytes(_data);
    }

    [Benchmark]
    public ushort Compute() => InternetChecksum.Compute(_data);

    [Benchmark]
    public ushort Update16() => InternetChecksum.Update16(_data[0], _data[1], _data[2]);
}
