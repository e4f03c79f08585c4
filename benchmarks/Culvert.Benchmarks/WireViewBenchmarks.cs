using BenchmarkDotNet.Attributes;
using Culvert.Testing;
using Culvert.Wire;

namespace Culvert.Benchmarks;

/// <summary>What it costs to prove a packet's headers and to reach a field behind them.</summary>
[MemoryDiagnoser]
public class WireViewBenchmarks
{
    private byte[] _tcp4 = [];
    private byte[] _tcp6 = [];
    private byte[] _extended = [];
    private byte[] _syn = [];

    [GlobalSetup]
    public void Setup()
    {
        _tcp4 = PacketBuilder.Ipv4().Tcp().Payload(1000).Build();
        _tcp6 = PacketBuilder.Ipv6().Tcp().Payload(1000).Build();
        _extended = PacketBuilder.Ipv6().HopByHop().DestinationOptions().Tcp().Payload(1000).Build();
        _syn = PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn).SackPermitted().Timestamps(1, 2).WindowScale(7).Nop().Nop().Mss(1460).Build();
    }

    [Benchmark]
    public int Ipv4ToTcp() => Port(_tcp4);

    [Benchmark]
    public int Ipv6ToTcp() => Port(_tcp6);

    [Benchmark]
    public int Ipv6WithTwoExtensionHeadersToTcp() => Port(_extended);

    [Benchmark]
    public int WalkSixTcpOptions()
    {
        var found = 0;
        if (IpView.TryParse(_syn, out var ip) && TcpView.TryParse(ip.Transport, out var tcp))
        {
            foreach (var option in tcp.Options)
            {
                found += option.IsMss ? option.Mss : 0;
            }
        }

        return found;
    }

    private static int Port(byte[] packet) =>
        IpView.TryParse(packet, out var ip) && TcpView.TryParse(ip.Transport, out var tcp) ? tcp.DestinationPort : 0;
}
