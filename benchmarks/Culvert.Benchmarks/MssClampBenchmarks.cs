using BenchmarkDotNet.Attributes;
using Culvert.Packets;
using Culvert.Plugins.MssClamp;
using Culvert.Testing;
using Culvert.Wire;

namespace Culvert.Benchmarks;

/// <summary>
/// What the clamp costs one packet: one that it has nothing to do with, and one that it changes. Before each batch of SYNs the MSS and the
/// checksum are written back, so that every SYN is clamped anew; <see cref="WriteBack"/> tells what that alone costs.
/// </summary>
[MemoryDiagnoser]
[MinColumn]
public class MssClampBenchmarks
{
    private const ushort Announced = 8961;
    private const int SynLength = 60;

    private readonly TestStageContext _context = new(mtu: 1420);
    private MssClampStage _stage = null!;
    private PacketBatch _udp = null!;
    private PacketBatch _data = null!;
    private PacketBatch _synMssFirst = null!;
    private PacketBatch _synMssLastOdd = null!;
    private byte[] _first = null!;
    private byte[] _last = null!;

    [GlobalSetup]
    public void Setup()
    {
        _stage = new MssClampStage(new MssClampOptions(), _context);
        _first = PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn).Mss(Announced).SackPermitted().Timestamps(1, 2).Nop().WindowScale(7).Build();

        // Six options, MSS last, its value at an odd offset.
        _last = PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn)
            .SackPermitted().Timestamps(1, 2).WindowScale(7).Nop().Nop().Mss(Announced).Build();
        _udp = BatchOf.Copies(_context, PacketBuilder.Ipv4().Udp().Payload(1000).Build());
        _data = BatchOf.Copies(_context, PacketBuilder.Ipv4().Tcp().Payload(1000).Build());
        _synMssFirst = BatchOf.Copies(_context, _first);
        _synMssLastOdd = BatchOf.Copies(_context, _last);
    }

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void NonTcp() => _stage.Outbound(_udp);

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void DataSegment() => _stage.Outbound(_data);

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void SynMssFirst()
    {
        Restore(_synMssFirst, _first);
        _stage.Outbound(_synMssFirst);
    }

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void SynSixOptionsMssLastOdd()
    {
        Restore(_synMssLastOdd, _last);
        _stage.Outbound(_synMssLastOdd);
    }

    [Benchmark(OperationsPerInvoke = BatchOf.Packets)]
    public void WriteBack() => Restore(_synMssFirst, _first);

    private static void Restore(PacketBatch batch, byte[] packet)
    {
        foreach (var copy in batch)
        {
            packet.AsSpan(0, Math.Min(SynLength, packet.Length)).CopyTo(copy.Data);
        }
    }
}
