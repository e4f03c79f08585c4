using System.Collections.Frozen;
using Culvert.Counters;
using Culvert.Packets;
using Culvert.Stages;
using Culvert.Wire;

namespace DscpMarker;

/// <summary>
/// Writes a DSCP (RFC 2474) into packets on their way to the other site, so that its network gives them the treatment that this site
/// wants. ECN stays as it is.
/// </summary>
[Stage("dscp-marker", "Writes a DSCP into outbound packets, so that the other site's network gives them its treatment.")]
public sealed class DscpMarkerStage : IPacketStage, IStageDefinition<DscpMarkerOptions>
{
    private readonly int _dscp;
    private readonly FrozenSet<int> _ports;
    private readonly Counter _marked;

    public DscpMarkerStage(DscpMarkerOptions options, IStageContext context)
    {
        _dscp = options.Dscp;
        _ports = options.Ports.ToFrozenSet();
        _marked = Marked(context.Counters);
    }

    public static void DeclareCounters(CounterSet counters) => Marked(counters);

    public static StageShape Shape(DscpMarkerOptions options) =>
        StageShape.Through(PacketKind.Ip, HeaderFields.TrafficClass | HeaderFields.Ipv4Checksum);

    public void Outbound(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            if (IpView.TryParse(packet.Data, out var ip) && Matches(ip) && ip.Dscp != _dscp)
            {
                ip.Dscp = _dscp;
                _marked.Increment();
            }
        }
    }

    private bool Matches(IpView ip) =>
        _ports.Count == 0 || (ip.HasPorts && (_ports.Contains(ip.SourcePort) || _ports.Contains(ip.DestinationPort)));

    private static Counter Marked(CounterSet counters) =>
        counters.Create("marked", "packets", "Packets whose DSCP was changed.");
}
