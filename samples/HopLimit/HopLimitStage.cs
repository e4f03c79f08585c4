using System.Collections.Frozen;
using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace HopLimit;

/// <summary>
/// Writes a hop limit into packets on their way to the other site, so that it does not see how many routers this site has, and packets of
/// hosts with a small one arrive.
/// </summary>
[Stage("hop-limit", "Writes a hop limit into outbound packets, so that the other site sees one distance for all hosts.")]
public sealed class HopLimitStage : IPacketStage, IStageDefinition<HopLimitOptions>
{
    private readonly byte _hops;
    private readonly FrozenSet<int> _ports;
    private readonly Counter _changed;

    public HopLimitStage(HopLimitOptions options, IStageContext context)
    {
        _hops = (byte)options.Hops;
        _ports = options.Ports.ToFrozenSet();
        _changed = Changed(context.Counters);
    }

    public static void DeclareCounters(CounterSet counters) => Changed(counters);

    public static StageShape Shape(HopLimitOptions options) =>
        StageShape.Through(PacketKind.Ip, HeaderFields.HopLimit | HeaderFields.Ipv4Checksum);

    public void Outbound(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            if (IpView.TryParse(packet.Data, out var ip) && Matches(ip) && ip.HopLimit != _hops)
            {
                ip.HopLimit = _hops;
                _changed.Increment();
            }
        }
    }

    private bool Matches(IpView ip) =>
        _ports.Count == 0 || (ip.HasPorts && (_ports.Contains(ip.SourcePort) || _ports.Contains(ip.DestinationPort)));

    private static Counter Changed(CounterSet counters) =>
        counters.Create("changed", "packets", "Packets whose hop limit was changed.");
}
