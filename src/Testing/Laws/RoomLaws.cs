using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Testing.Laws;

/// <summary>The laws on the length and the room of packets, checked with the largest packet of the stage's place.</summary>
internal static class RoomLaws
{
    /// <summary>RFC 791: every path carries that much.</summary>
    private const int MinMtu = 68;

    /// <summary>Outbound, each sample in turn is as long as the MTU.</summary>
    public static void Outbound<TStage>(StageHarness<TStage> harness, byte[] sample)
        where TStage : class, IPacketStage => WithMtu(harness, sample.Length, () =>
    {
        foreach (var packet in ConformanceLaws.Feed(harness, Direction.Outbound, sample).Passed)
        {
            if (packet.Bytes.Length > sample.Length + harness.Shape.Overhead)
            {
                throw new ConformanceException(
                    $"{typeof(TStage).Name}.Outbound: a packet of {sample.Length} bytes, the MTU, left with {packet.Bytes.Length}; the declared "
                    + $"overhead {harness.Shape.Overhead} allows {sample.Length + harness.Shape.Overhead}. Declare StageShape.Overhead.");
            }
        }
    });

    /// <summary>Inbound, each sample in turn is as long as the MTU and the overhead: what the peer's stage makes of a full packet.</summary>
    public static void Inbound<TStage>(StageHarness<TStage> harness, byte[] sample)
        where TStage : class, IPacketStage => WithMtu(harness, sample.Length - harness.Shape.Overhead, () =>
    {
        var batch = harness.Fill(Direction.Inbound, default, sample);
        ConformanceLaws.Call(harness, batch, sample);
        foreach (var packet in batch)
        {
            if (packet.Length > harness.Context.Mtu)
            {
                throw new ConformanceException(
                    $"{typeof(TStage).Name}.Inbound: a packet of {sample.Length} bytes left with {packet.Length}; the MTU is {harness.Context.Mtu} "
                    + $"and the declared overhead {harness.Shape.Overhead}. A packet of MTU and overhead must leave no longer than the MTU.");
            }

            Released<TStage>(nameof(StageShape.InboundReleasedFront), harness.Shape.InboundReleasedFront, packet.Headroom, sample);
            Released<TStage>(nameof(StageShape.InboundReleasedBack), harness.Shape.InboundReleasedBack, packet.Tailroom, sample);
        }
    });

    private static void Released<TStage>(string member, int declared, int room, byte[] sample)
    {
        if (room < declared)
        {
            throw new ConformanceException(
                $"{typeof(TStage).Name}.Inbound left {room} bytes of room where StageShape.{member} promises {declared}; in {Convert.ToHexStringLower(sample)}");
        }
    }

    private static void WithMtu<TStage>(StageHarness<TStage> harness, int mtu, Action check)
        where TStage : class, IPacketStage
    {
        if (mtu < MinMtu)
        {
            return;
        }

        var usual = harness.Context.Mtu;
        harness.Context.SetMtu(mtu);
        try
        {
            check();
        }
        finally
        {
            harness.Context.SetMtu(usual);
        }
    }
}
