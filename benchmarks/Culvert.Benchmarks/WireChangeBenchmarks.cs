using BenchmarkDotNet.Attributes;
using Culvert.Testing;
using Culvert.Wire;

namespace Culvert.Benchmarks;

/// <summary>
/// What it costs to prove a packet and to change a field of it with its checksums: a hop less, another DSCP, another source address and
/// port, the same in the packet that an ICMP error quotes; and to write an answer.
/// </summary>
[MemoryDiagnoser]
[MinColumn]
public class WireChangeBenchmarks
{
    private readonly byte[] _answer = new byte[IcmpError.MaxLength];
    private byte[] _packet = [];
    private byte[] _error = [];
    private byte[] _address = [];
    private ushort _port;

    [Params(4, 6)]
    public int Version { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _packet = (Version == 4 ? PacketBuilder.Ipv4() : PacketBuilder.Ipv6()).Tcp().Payload(1000).Build();
        _error = (Version == 4 ? PacketBuilder.Ipv4().Icmp(3, 1) : PacketBuilder.Ipv6().Icmp(1, 4)).Payload(_packet[..100]).Build();
        _address = Version == 4 ? [192, 0, 2, 0] : [0x20, 0x01, .. new byte[14]];
    }

    [Benchmark]
    public int HopLimit()
    {
        IpView.TryParse(_packet, out var ip);
        ip.HopLimit--;
        return ip.Length;
    }

    [Benchmark]
    public int Dscp()
    {
        IpView.TryParse(_packet, out var ip);
        ip.Dscp = ++_port;
        return ip.Length;
    }

    [Benchmark]
    public int SourceAddressAndPort()
    {
        _address[^1]++;
        IpView.TryParse(_packet, out var ip);
        ip.SetSource(_address);
        ip.SourcePort = ++_port;
        return ip.Length;
    }

    [Benchmark]
    public int QuotedSourceAddressAndPort()
    {
        _address[^1]++;
        IpView.TryParse(_error, out var ip);
        IcmpQuote.TryParse(ip, out var quote);
        quote.SetSource(_address);
        quote.SourcePort = ++_port;
        return ip.Length;
    }

    [Benchmark]
    public int WriteAnIcmpError()
    {
        IpView.TryParse(_packet, out var ip);
        return IcmpError.HopLimitExceeded.Write(ip, _answer);
    }
}
