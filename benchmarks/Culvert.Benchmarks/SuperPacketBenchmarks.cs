using BenchmarkDotNet.Attributes;
using Culvert.Packets;
using Culvert.Plugins.Tun.Linux;
using Culvert.Plugins.Tun.Linux.Interop;
using Culvert.Testing;
using Culvert.Wire;

namespace Culvert.Benchmarks;

/// <summary>
/// A TCP super-packet of 64 KiB split into packets of the MTU, and as many packets sorted into groups again, checksums verified; the
/// figures are for one packet of 1420 bytes.
/// </summary>
[MemoryDiagnoser]
public class SuperPacketBenchmarks
{
    private const int Mtu = 1420;
    private const int Share = Mtu - 40;
    private const int Packets = 46;

    private readonly TestStageContext _context = new(mtu: Mtu);
    private readonly FlowCoalescer _coalescer = new();
    private readonly byte[] _packet = new byte[Mtu];
    private byte[] _super = [];
    private PacketBatch _segments = null!;
    private VirtioNet.Header _header;

    [GlobalSetup]
    public void Setup()
    {
        _super = PacketBuilder.Ipv4().Tcp().Payload(Packets * Share).Build();
        _header = new VirtioNet.Header { gso_type = VirtioNet.VIRTIO_NET_HDR_GSO_TCPV4, gso_size = Share };
        var batch = new TestBatch(_context, Direction.Inbound, Packets, new PacketRoom(16, 1500, 32));
        SuperPacket.TryParse(_header, _super, out var map);
        for (var i = 0; i < map.Count; i++)
        {
            batch.Filler.Add(map.Write(_super, i, batch.Filler.FreeSlot(0)));
        }

        _segments = batch.Batch;
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public int Split()
    {
        var total = 0;
        if (SuperPacket.TryParse(_header, _super, out var map))
        {
            for (var i = 0; i < map.Count; i++)
            {
                total += map.Write(_super, i, _packet);
            }
        }

        return total;
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public int Coalesce()
    {
        _coalescer.Sort(_segments, new TunOffload(Tcp: true, Udp: true));
        return _coalescer.Groups.Length;
    }
}
