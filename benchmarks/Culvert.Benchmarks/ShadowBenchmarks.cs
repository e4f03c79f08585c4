using BenchmarkDotNet.Attributes;
using Culvert.Engine.Running.Shadows;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;

namespace Culvert.Benchmarks;

/// <summary>
/// The cost of an entry's <c>shadow</c> to the lane, for one packet of 1,040 bytes that the stage does not change: choosing, copying and noting what
/// became of it. The candidate itself runs on another thread.
/// </summary>
[MemoryDiagnoser]
public class ShadowBenchmarks
{
    private readonly TestStageContext _context = new(mtu: 1420);
    private readonly IPacketStage _plain = new TouchStage();
    private readonly Reader _reader = new();
    private IPacketStage _shadowed = null!;
    private PacketBatch _batch = null!;

    /// <summary>The share of flows.</summary>
    [Params(0, 0.1, 1)]
    public double Sample { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _reader.Feed = new ShadowFeed(_reader, new FlowSample(Sample, isIp: true), 1628);
        _shadowed = new ShadowedStage(_plain, _reader.Feed);
        _batch = BatchOf.Of(_context, [.. Enumerable.Range(0, BatchOf.Packets).Select(i => PacketBuilder.Ipv4().Tcp((ushort)(40000 + i)).Payload(1000).Build())]);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = BatchOf.Packets)]
    public void Plain() => _plain.Outbound(_batch);

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void Shadowed() => _shadowed.Outbound(_batch);

    private sealed class TouchStage : IPacketStage
    {
        private int _seen;

        public void Outbound(PacketBatch batch)
        {
            foreach (var packet in batch)
            {
                _seen += packet.Data[0];
            }
        }
    }

    // A candidate that is never behind.
    private sealed class Reader : IFeedReader
    {
        private long _batches;

        public ShadowFeed Feed { get; set; } = null!;

        public bool IsOn => true;

        public bool HasTime(long timestamp) => true;

        public long NextBatch() => ++_batches;

        public void NotePublished() => Feed.Ring.Release(Feed.Ring.Count);
    }
}
