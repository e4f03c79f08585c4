using BenchmarkDotNet.Attributes;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Plugins.StatefulFilter;
using Culvert.Testing;
using Culvert.Wire;

namespace Culvert.Benchmarks;

/// <summary>
/// The filter's cost for one packet: of known flows, by their number, and of no flow, by the number of rules that do not match.
/// </summary>
[MemoryDiagnoser]
public class FilterStageBenchmarks
{
    private const int Rules = 100;
    private const int PacketsAtOnce = 1024;

    private readonly TestStageContext _context = new(mtu: 1420);
    private PacketBatch[] _known = [];
    private int _next;
    private PacketBatch _unknown = null!;
    private FilterStage _stateful = null!;
    private FilterStage _oneRule = null!;
    private FilterStage _manyRules = null!;

    /// <summary>The number of flows, each with one packet in turn.</summary>
    [Params(1024, 65536)]
    public int Flows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _stateful = new FilterStage(new() { Rules = [Allow("tcp")], Flows = 4 * Flows }, _context);
        var random = new Random(1);
        int[] order = [.. Enumerable.Range(0, Flows)];
        random.Shuffle(order);
        _known = [.. order.Chunk(BatchOf.Packets).Select(chunk => BatchOf.Of(_context, [.. chunk.Select(Segment)]))];
        foreach (var packet in Enumerable.Range(0, Flows).Chunk(BatchOf.Packets))
        {
            _stateful.Outbound(BatchOf.Of(_context, [.. packet.Select(flow => Build(flow, TcpFlags.Syn))]));
        }

        foreach (var packet in Enumerable.Range(0, Flows).Chunk(BatchOf.Packets))
        {
            _stateful.Inbound(BatchOf.Of(_context, [.. packet.Select(Answer)]));
        }

        _unknown = BatchOf.Copies(_context, PacketBuilder.Ipv4().Udp(40000, 53).Payload(100).Build());
        _oneRule = Stateless(1);
        _manyRules = Stateless(1 + Rules);
        for (var flow = 0; flow < Flows; flow += PacketsAtOnce)
        {
            KnownFlow();
        }

        if (_context.Count("known-flow") < 2 * Flows)
        {
            throw new InvalidOperationException("The packets are not those of known flows.");
        }
    }

    /// <summary>1,024 packets at a time, so that each flow has its turn.</summary>
    [Benchmark(OperationsPerInvoke = PacketsAtOnce)]
    public void KnownFlow()
    {
        for (var i = 0; i < PacketsAtOnce / BatchOf.Packets; i++)
        {
            _stateful.Outbound(_known[_next]);
            _next = (_next + 1) % _known.Length;
        }
    }

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void OneRule() => _oneRule.Outbound(_unknown);

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void AHundredRulesMore() => _manyRules.Outbound(_unknown);

    private static byte[] Segment(int flow) => Build(flow, TcpFlags.Ack);

    private static byte[] Build(int flow, TcpFlags flags) => PacketBuilder.Ipv4($"10.0.{flow >> 8}.{flow & 255}", "10.255.0.1")
        .Tcp(40000, 443, flags).Sequence(flags == TcpFlags.Syn ? 100u : 101u, 901).Payload(flags == TcpFlags.Syn ? 0 : 100).Build();

    private static byte[] Answer(int flow) => PacketBuilder.Ipv4("10.255.0.1", $"10.0.{flow >> 8}.{flow & 255}")
        .Tcp(443, 40000, TcpFlags.Syn | TcpFlags.Ack).Sequence(900, 101).Build();

    private static RuleOptions Allow(string text) => new() { Allow = Parse(text) };

    private FilterStage Stateless(int rules) => new(
        new()
        {
            Rules = [.. Enumerable.Range(1, rules - 1).Select(i => Allow($"tcp dst port {10_000 + i}")), Allow("udp")],
            Stateful = false,
        },
        _context);

    private static PacketFilter Parse(string text) =>
        PacketFilter.TryParse(text, out var filter, out var error) ? filter : throw new ArgumentException(error.ToString());
}
