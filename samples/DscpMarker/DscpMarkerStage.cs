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
    private const int EcnBits = 0b11;

    private readonly int _dscpBits;
    private readonly FrozenSet<int> _ports;
    private readonly Counter _marked;

    public DscpMarkerStage(DscpMarkerOptions options, IStageContext context)
    {
        _dscpBits = options.Dscp << 2;
        _ports = options.Ports.ToFrozenSet();
        _marked = context.Counters.Create("marked", "packets", "Packets whose DSCP was changed.");
    }

    public static StageShape Shape(DscpMarkerOptions options) =>
        StageShape.Through(PacketKind.Ip, HeaderFields.TrafficClass | HeaderFields.Ipv4Checksum);

    public void Outbound(PacketBatch batch)
    {
        foreach (var packet in batch)
        {
            if (IpView.TryParse(packet.Data, out var ip) && Matches(ip) && Mark(packet.Data))
            {
                _marked.Increment();
            }
        }
    }

    private bool Matches(IpView ip)
    {
        if (_ports.Count == 0)
        {
            return true;
        }

        if (!ip.HasTransportHeader)
        {
            return false;
        }

        return ip.Protocol switch
        {
            IpProtocol.Tcp => TcpView.TryParse(ip.Transport, out var tcp) && Matches(tcp.SourcePort, tcp.DestinationPort),
            IpProtocol.Udp => UdpView.TryParse(ip.Transport, out var udp) && Matches(udp.SourcePort, udp.DestinationPort),
            _ => false,
        };
    }

    private bool Matches(int source, int destination) => _ports.Contains(source) || _ports.Contains(destination);

    private bool Mark(Span<byte> packet)
    {
        if (Ipv6View.TryParse(packet, out var ipv6))
        {
            var before = ipv6.TrafficClass;
            ipv6.TrafficClass = Marked(before);
            return ipv6.TrafficClass != before;
        }

        if (!Ipv4View.TryParse(packet, out var ipv4) || ipv4.TrafficClass == Marked(ipv4.TrafficClass))
        {
            return false;
        }

        // The word that holds the DSCP is the header's first; its other half does not change (RFC 1624).
        var old = ipv4.TrafficClass;
        ipv4.TrafficClass = Marked(old);
        ipv4.HeaderChecksum = InternetChecksum.Update16(ipv4.HeaderChecksum, old, ipv4.TrafficClass);
        return true;
    }

    private byte Marked(byte trafficClass) => (byte)(_dscpBits | (trafficClass & EcnBits));
}
