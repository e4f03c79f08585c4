using System.Net;
using BenchmarkDotNet.Attributes;
using Culvert.Algorithms;
using Culvert.Wire;

namespace Culvert.Benchmarks;

/// <summary>
/// Finding the value of an address among random prefixes, each look-up for another address; building the table; adding one prefix to it and
/// taking it away again. Allocations belong to the changes: a look-up makes none.
/// </summary>
[MemoryDiagnoser]
[MinColumn]
public class PrefixTableBenchmarks
{
    private const int Lookups = 1024;

    private static readonly IPNetwork Changed = IPNetwork.Parse("10.20.30.0/24");

    private readonly uint[] _ipv4 = new uint[Lookups];
    private readonly UInt128[] _ipv6 = new UInt128[Lookups];
    private readonly List<KeyValuePair<IPNetwork, object>> _prefixes = [];
    private PrefixTable<object> _table = null!;

    [Params(10, 1_000, 100_000)]
    public int Prefixes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var bytes = new byte[16];
        for (var i = 0; i < Prefixes; i++)
        {
            random.NextBytes(bytes);
            var length = random.Next(16, 33);
            Add(IpAddressValue.Read(bytes.AsSpan(0, 4)).Network(length), length);
            bytes[0] = 0xFD;
            Add(IpAddressValue.Read(bytes).Network(48), 48);
        }

        _table = new PrefixTable<object>(_prefixes);
        for (var i = 0; i < Lookups; i++)
        {
            _ipv4[i] = (uint)random.NextInt64(1L << 32);
            _ipv6[i] = ((UInt128)0xFD << 120) | ((UInt128)(ulong)random.NextInt64() << 56);
        }
    }

    [Benchmark(OperationsPerInvoke = Lookups)]
    public int Ipv4()
    {
        var found = 0;
        foreach (var address in _ipv4)
        {
            found += _table.Lookup(address) is null ? 0 : 1;
        }

        return found;
    }

    [Benchmark(OperationsPerInvoke = Lookups)]
    public int Ipv6()
    {
        var found = 0;
        foreach (var address in _ipv6)
        {
            found += _table.Lookup(address) is null ? 0 : 1;
        }

        return found;
    }

    [Benchmark]
    public int Build() => new PrefixTable<object>(_prefixes).Count;

    [Benchmark(OperationsPerInvoke = 2)]
    public int Change() => _table.With(Changed, this).Without(Changed).Count;

    private void Add(IpAddressValue network, int length) => _prefixes.Add(new(new IPNetwork(network.ToIPAddress(), length), this));
}
