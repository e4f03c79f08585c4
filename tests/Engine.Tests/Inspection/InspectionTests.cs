using System.Buffers.Binary;
using Culvert.Engine.Inspection;
using Culvert.Engine.Planning;
using Culvert.Engine.Running;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Testing;
using Culvert.Wire;
using Engine.Tests.Running;

namespace Engine.Tests.Inspection;

/// <summary>The origin packet through stages that damage it, one way each: the inspection must name the right one.</summary>
public class InspectionTests
{
    // The first printed reply of the report that this project starts from: SYN/ACK, MSS 8961, TCP checksum e771.
    private static readonly byte[] _origin = Convert.FromHexString(
        "4500003c000040003f0604e10a500070ac1280090050a54f4a211b1080edfc2ca01268dfe7710000020423010402080a0862af40081b5bcd01030307");

    private const int TcpChecksum = 36;
    private const int Mss = 42;

    private readonly MemoryLogger _log = new();
    private InspectionLedger _ledger;

    public InspectionTests() => _ledger = new InspectionLedger(every: 1, TimeProvider.System, _log);

    private PipelineOptions Inspected => new() { Observer = _ledger.Observe };

    private static ProbeOptions Changing(HeaderFields declared, Action<byte[]> change) => new()
    {
        Shape = StageShape.Through(PacketKind.Ip, declared),
        Outbound = (_, batch) =>
        {
            foreach (var packet in batch)
            {
                var bytes = packet.Data.ToArray();
                change(bytes);
                bytes.CopyTo(packet.Data);
            }
        },
    };

    // ~(~HC - m + m') in 16-bit two's complement: the borrow is lost.
    private static void OldClamp(byte[] packet)
    {
        var old = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(Mss));
        var checksum = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(TcpChecksum));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(Mss), 1405);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(TcpChecksum), (ushort)~((ushort)~checksum - old + 1405));
    }

    private static void GoodClamp(byte[] packet)
    {
        OldClamp(packet);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(TcpChecksum), 0x04f6);
    }

    [Fact]
    public void A_clamp_with_the_old_arithmetic_is_named_with_packet_found_and_wanted()
    {
        var report = RunThrough(
            out var log, _origin,
            ("before", new ProbeOptions()),
            ("old-clamp", Changing(HeaderFields.TcpMss | HeaderFields.TransportChecksum, OldClamp)),
            ("behind", new ProbeOptions()));
        var blame = Assert.Single(report.Blames);
        Assert.Equal(("old-clamp", Direction.Outbound, "made-bad", "TCP", 1L), (blame.StageId, blame.Direction, blame.Deed, blame.What, blame.Count));
        Assert.Equal(("04f5", "04f6"), (blame.Found, blame.Wanted));
        var tcp = report.Checksums.Single(totals => totals.Protocol == "TCP");
        Assert.Equal((1, 1, 0, 1), (tcp.Judged, tcp.Valid, tcp.ArrivedBad, tcp.MadeBad));
        Assert.Equal(
            "Error: old-clamp broke the TCP checksum, outbound: TCP 10.80.0.112:80 > 172.18.128.9:42319 [S.] mss 1405, 60 bytes; "
            + "found 04f5, wanted 04f6; it was right before old-clamp; 1 of 1 sampled packets so far",
            Assert.Single(log));
    }

    [Fact]
    public void A_right_clamp_is_not_blamed()
    {
        var report = RunThrough(
            out var log, _origin, ("clamp", Changing(HeaderFields.TcpMss | HeaderFields.TransportChecksum, GoodClamp)));
        Assert.Empty(report.Blames);
        Assert.Empty(log);
    }

    [Fact]
    public void What_arrived_bad_is_not_laid_at_a_stages_door()
    {
        var damaged = (byte[])_origin.Clone();
        damaged[TcpChecksum]++;
        var report = RunThrough(out var log, damaged, ("a", new ProbeOptions()));
        Assert.Empty(report.Blames);
        Assert.Equal(1, report.Checksums.Single(totals => totals.Protocol == "TCP").ArrivedBad);
        Assert.Contains("was wrong already when the packet came to a, outbound", Assert.Single(log), StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_that_is_not_declared_is_named_with_the_field()
    {
        var report = RunThrough(out var log, _origin, ("shy", Changing(HeaderFields.TransportChecksum, GoodClamp)));
        var blame = Assert.Single(report.Blames);
        Assert.Equal(("shy", "undeclared-change", "TcpMss"), (blame.StageId, blame.Deed, blame.What));
        Assert.Contains("shy changed what it does not declare, outbound: MSS 8961 → 1405", Assert.Single(log), StringComparison.Ordinal);
    }

    [Fact]
    public void A_repair_is_counted_for_its_stage()
    {
        var damaged = (byte[])_origin.Clone();
        damaged[TcpChecksum]++;
        var report = RunThrough(
            out _, damaged, ("repair", Changing(HeaderFields.TransportChecksum, packet => packet[TcpChecksum]--)));
        Assert.Equal(("repair", "repaired"), report.Blames.Select(blame => (blame.StageId, blame.Deed)).Single());
        Assert.Equal(1, report.Checksums.Single(totals => totals.Protocol == "TCP").Repaired);
    }

    [Fact]
    public void A_bad_packet_that_a_stage_drops_is_counted_as_dropped()
    {
        var damaged = (byte[])_origin.Clone();
        damaged[TcpChecksum]++;
        using var rig = Rig.Start(Inspected, FaultPolicy.Drop, ("guard", new ProbeOptions
        {
            Outbound = (context, batch) =>
            {
                foreach (var packet in batch)
                {
                    if (packet.Data[TcpChecksum] != _origin[TcpChecksum])
                    {
                        packet.Drop(context.Counters.DropReason("bad", "The checksum is wrong."));
                    }
                }
            },
        }));
        rig.Host.Inject(damaged);
        rig.Host.Inject(_origin);
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        var tcp = Report(rig).Checksums.Single(totals => totals.Protocol == "TCP");
        Assert.Equal((1, 1, 1), (tcp.Valid, tcp.ArrivedBad, tcp.Dropped));
    }

    [Fact]
    public void Samples_follow_their_packet_when_others_are_dropped_around_it()
    {
        var count = 0;
        _ledger = new InspectionLedger(every: 3, TimeProvider.System, _log);
        using var rig = Rig.Start(
            Inspected, FaultPolicy.Drop,
            ("drop", new ProbeOptions
            {
                Outbound = (context, batch) =>
                {
                    foreach (var packet in batch)
                    {
                        if (count++ % 3 == 1)
                        {
                            packet.Drop(context.Counters.DropReason("some", "Some."));
                        }
                    }
                },
            }),
            ("old-clamp", Changing(HeaderFields.TcpMss | HeaderFields.TransportChecksum, OldClamp)));
        for (var i = 0; i < 300; i++)
        {
            rig.Host.Inject(_origin);
        }

        Assert.True(rig.Network.WaitForSunk(200, Rig.Patience));
        var report = Report(rig);
        Assert.Equal(100, report.Sampled);
        Assert.Equal(100, Assert.Single(report.Blames).Count);
        Assert.Single(_log.Lines);
    }

    [Fact]
    public void A_stage_that_emits_a_wrong_checksum_is_named()
    {
        IStageContext? context = null;
        using var rig = Rig.Start(Inspected, FaultPolicy.Drop, ("maker", new ProbeOptions { Constructed = given => context = given }));
        Assert.True(context!.TryRent(_origin.Length, out var lease));
        _origin.CopyTo(lease.Data);
        lease.Data[TcpChecksum]++;
        context.Emit(Direction.Inbound, lease);
        Assert.True(rig.Host.WaitForSunk(1, Rig.Patience));
        var blame = Assert.Single(Report(rig).Blames);
        Assert.Equal(("maker", Direction.Inbound, "made-bad"), (blame.StageId, blame.Direction, blame.Deed));
    }

    [Fact]
    public void A_packet_that_is_sealed_is_judged_again_when_it_is_opened()
    {
        var sealedKind = new PacketKind("sealed");
        var seal = new ProbeOptions
        {
            Shape = new StageShape { Above = PacketKind.Ip, Below = sealedKind },
            Inbound = (_, batch) =>
            {
                foreach (var packet in batch)
                {
                    packet.Data[0] ^= 0xFF;
                }
            },
        };
        using var rig = Rig.Start(Inspected, FaultPolicy.Drop, ("seal", seal));
        var packet = (byte[])_origin.Clone();
        packet[0] ^= 0xFF;
        rig.Network.Inject(packet);
        Assert.True(rig.Host.WaitForSunk(1, Rig.Patience));
        var tcp = Report(rig).Checksums.Single(totals => totals.Protocol == "TCP");
        Assert.Equal((Direction.Inbound, 1L), (tcp.Direction, tcp.Valid));
        Assert.Empty(Report(rig).Blames);
    }

    private InspectionReport RunThrough(
        out IReadOnlyList<string> log, byte[] packet, params (string Id, ProbeOptions Options)[] stages)
    {
        using var rig = Rig.Start(Inspected, FaultPolicy.Drop, stages);
        rig.Host.Inject(packet);
        Assert.True(rig.Network.WaitForSunk(1, Rig.Patience));
        log = _log.Lines;
        return Report(rig);
    }

    private InspectionReport Report(Rig rig)
    {
        rig.Pipeline.Dispose();
        return _ledger.GetReport();
    }
}
