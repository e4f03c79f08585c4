using System.Net;
using BenchmarkDotNet.Attributes;
using Culvert.Packets;
using Culvert.Plugins.Nat;
using Culvert.Testing;
using Culvert.Wire;

namespace Culvert.Benchmarks;

/// <summary>
/// The translator's cost for one packet of known flows, by their number. Before each batch the addresses, ports and checksums are written
/// back; <see cref="WriteBack"/> is what that alone costs.
/// </summary>
[MemoryDiagnoser]
[MinColumn]
public class NatBenchmarks
{
    private const int PacketsAtOnce = 1024;
    private const int HeaderLength = 40;

    private readonly TestStageContext _context = new(mtu: 1420);
    private PacketBatch[] _batches = [];
    private byte[][][] _headers = [];
    private NatStage _masquerade = null!;
    private NatStage _map = null!;
    private int _next;

    /// <summary>The number of flows, each with one packet in turn; of TCP and UDP, and of hosts, so that ports suffice.</summary>
    [Params(1024, 65536)]
    public int Flows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _masquerade = new NatStage(new() { Masquerade = IPAddress.Parse("10.99.0.1"), Mappings = Math.Min(4 * Flows, 196_608) }, _context);
        _map = new NatStage(new() { Map = new([new(IPNetwork.Parse("10.0.0.0/16"), IPNetwork.Parse("10.180.0.0/16"))]) }, _context);
        int[] order = [.. Enumerable.Range(0, Flows)];
        new Random(1).Shuffle(order);
        _headers = [.. order.Chunk(BatchOf.Packets).Select(chunk => chunk.Select(Packet).ToArray())];
        _batches = [.. _headers.Select(packets => BatchOf.Of(_context, packets))];
        for (var flow = 0; flow < Flows; flow += PacketsAtOnce)
        {
            Masquerade();
        }

        if (_context.Count("translated") != Flows)
        {
            throw new InvalidOperationException("Not every packet was translated.");
        }
    }

    /// <summary>1,024 packets at a time, so that each flow has its turn.</summary>
    [Benchmark(OperationsPerInvoke = PacketsAtOnce)]
    public void Masquerade() => Run(_masquerade);

    [Benchmark(OperationsPerInvoke = PacketsAtOnce)]
    public void Map() => Run(_map);

    [Benchmark(OperationsPerInvoke = PacketsAtOnce, Baseline = true)]
    public void WriteBack() => Run(null);

    private void Run(NatStage? stage)
    {
        for (var i = 0; i < PacketsAtOnce / BatchOf.Packets; i++)
        {
            var at = 0;
            foreach (var packet in _batches[_next])
            {
                _headers[_next][at++].AsSpan(0, HeaderLength).CopyTo(packet.Data);
            }

            stage?.Outbound(_batches[_next]);
            _next = (_next + 1) % _batches.Length;
        }
    }

    private static byte[] Packet(int flow)
    {
        var ip = PacketBuilder.Ipv4($"10.0.{flow >> 8}.{flow & 255}", "10.255.0.1");
        return (flow % 2 == 0 ? ip.Tcp((ushort)(1024 + (flow / 2)), 443) : ip.Udp((ushort)(1024 + (flow / 2)), 53)).Payload(100).Build();
    }
}
