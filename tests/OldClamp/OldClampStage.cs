using Culvert.Options;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace OldClamp;

/// <summary>What the old clamp is told.</summary>
public sealed record OldClampOptions
{
    [Option("The greatest MSS that a SYN may announce.", Min = 1, Max = 65535)]
    public int Mss { get; init; } = 1405;
}

/// <summary>
/// A clamp with the arithmetic that damaged packets for years: the checksum is updated in two's complement, so a borrow out of bit 15 is
/// lost and the result is one too low. It declares its changes rightly, and is right most of the time. A plugin for the tests of
/// whoever must find it out.
/// </summary>
[Stage("old-clamp", "Lowers the MSS with wrong arithmetic.")]
public sealed class OldClampStage(OldClampOptions options, IStageContext context) : IPacketStage, IStageDefinition<OldClampOptions>
{
    private readonly Culvert.Counters.Counter _clamped = context.Counters.Create("clamped", "packets", "SYNs whose MSS was lowered.");

    public static StageShape Shape(OldClampOptions options) =>
        StageShape.Through(PacketKind.Ip, HeaderFields.TcpMss | HeaderFields.TransportChecksum);

    /// <summary>The update as it was: <c>HC' = ~(~HC - m + m')</c>, in 16 bits.</summary>
    public static ushort Update(ushort checksum, ushort old, ushort value) => (ushort)~((ushort)~checksum - old + value);

    public void Outbound(PacketBatch batch) => Clamp(batch);

    public void Inbound(PacketBatch batch) => Clamp(batch);

    private void Clamp(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            if (IpView.TryParse(packet.Data, out var ip) && ip is { Protocol: IpProtocol.Tcp, HasTransportHeader: true }
                && TcpView.TryParse(ip.Transport, out var tcp) && tcp.IsSyn)
            {
                Clamp(tcp);
            }
        }
    }

    private void Clamp(TcpView tcp)
    {
        foreach (var option in tcp.Options)
        {
            if (option.IsMss && option.Mss > options.Mss)
            {
                var checksum = Update(tcp.Checksum, option.Mss, (ushort)options.Mss);
                option.Mss = (ushort)options.Mss;
                tcp.Checksum = checksum;
                _clamped.Increment();
            }
        }
    }
}
