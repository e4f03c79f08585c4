using BenchmarkDotNet.Attributes;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Testing;

namespace Culvert.Benchmarks;

/// <summary>The cost of reading a packet's fields, and of deciding on one or a hundred expressions with them.</summary>
[MemoryDiagnoser]
public class FilterBenchmarks
{
    private const int Packets = 128;

    private readonly byte[][] _packets = new byte[Packets][];
    private readonly PacketKey[] _keys = new PacketKey[Packets];
    private PacketFilter[] _rules = [];
    private PacketFilter _port = PacketFilter.Everything;
    private PacketFilter _typical = PacketFilter.Everything;
    private PacketFilter _ipv6Host = PacketFilter.Everything;

    /// <summary>Whether the packets differ, so that the verdicts cannot be predicted.</summary>
    [Params(false, true)]
    public bool IsMixed { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (var i = 0; i < Packets; i++)
        {
            var port = IsMixed ? new ushort[] { 80, 443, 22, 5060 }[random.Next(4)] : (ushort)443;
            var builder = IsMixed && random.Next(4) == 0 ? PacketBuilder.Ipv6() : PacketBuilder.Ipv4();
            _packets[i] = (IsMixed && random.Next(3) == 0 ? builder.Udp(40000, port) : builder.Tcp(40000, port)).Payload(1000).Build();
            PacketKey.Read(_packets[i], Direction.Outbound, out _keys[i]);
        }

        _port = Parse("tcp dst port 443");
        _typical = Parse("outbound and tcp and (port 80 or port 443)");
        _ipv6Host = Parse("ip6 and host 2001:db8::1");
        _rules = [.. Enumerable.Range(1, 100).Select(i => Parse($"tcp dst port {10_000 + i}"))];
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public uint ReadKey()
    {
        var sum = 0u;
        foreach (var packet in _packets)
        {
            PacketKey.Read(packet, Direction.Outbound, out var key);
            sum += key.IsIp ? 1u : 0;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public int TcpDstPort() => Read(_port);

    [Benchmark(OperationsPerInvoke = Packets)]
    public int OutboundTcpTwoPorts() => Read(_typical);

    [Benchmark(OperationsPerInvoke = Packets)]
    public int Ipv6Host() => Read(_ipv6Host);

    [Benchmark(OperationsPerInvoke = Packets)]
    public int TcpDstPortOfAKey() => Known(_port);

    [Benchmark(OperationsPerInvoke = Packets)]
    public int OutboundTcpTwoPortsOfAKey() => Known(_typical);

    [Benchmark(OperationsPerInvoke = Packets)]
    public int AHundredRules()
    {
        var matches = 0;
        foreach (var packet in _packets)
        {
            PacketKey.Read(packet, Direction.Outbound, out var key);
            foreach (var rule in _rules)
            {
                matches += rule.Matches(key) ? 1 : 0;
            }
        }

        return matches;
    }

    private int Read(PacketFilter filter)
    {
        var matches = 0;
        foreach (var packet in _packets)
        {
            matches += filter.Matches(packet, Direction.Outbound) ? 1 : 0;
        }

        return matches;
    }

    private int Known(PacketFilter filter)
    {
        var matches = 0;
        for (var i = 0; i < _keys.Length; i++)
        {
            matches += filter.Matches(in _keys[i]) ? 1 : 0;
        }

        return matches;
    }

    private static PacketFilter Parse(string text) =>
        PacketFilter.TryParse(text, out var filter, out var error) ? filter : throw new ArgumentException(error.ToString());
}
