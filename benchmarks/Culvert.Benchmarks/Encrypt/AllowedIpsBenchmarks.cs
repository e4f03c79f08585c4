using System.Net;
using BenchmarkDotNet.Attributes;
using Culvert.Plugins.Encrypt.WireGuard.Routing;

namespace Culvert.Benchmarks.Encrypt;

/// <summary>Finding the peer of an address among random prefixes, each look-up for another address.</summary>
[MemoryDiagnoser]
public class AllowedIpsBenchmarks
{
    private const int Lookups = 1024;

    private readonly uint[] _ipv4 = new uint[Lookups];
    private readonly UInt128[] _ipv6 = new UInt128[Lookups];
    private AllowedIps<object> _table = null!;

    [Params(10, 1_000, 100_000)]
    public int Prefixes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var prefixes = new List<(IPNetwork, object)>();
        var bytes = new byte[16];
        for (var i = 0; i < Prefixes; i++)
        {
            random.NextBytes(bytes);
            var length = random.Next(16, 33);
            var address = BitConverter.ToUInt32(bytes) & (uint.MaxValue << (32 - length));
            prefixes.Add((new IPNetwork(new IPAddress(BitConverter.GetBytes(BitConverter.IsLittleEndian
                ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(address) : address)), length), bytes));
            bytes[0] = 0xFD;
            bytes.AsSpan(6).Clear();
            prefixes.Add((new IPNetwork(new IPAddress(bytes), 48), bytes));
        }

        _table = new AllowedIps<object>(prefixes);
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
}
