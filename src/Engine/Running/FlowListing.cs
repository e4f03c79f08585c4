using System.Text.Json.Nodes;
using Culvert.Engine.Guarding;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Engine.Running;

/// <summary>Lists the flows that stages know and that match a filter. From any thread; the data path is not held up.</summary>
internal static class FlowListing
{
    /// <summary>The most flows of one listing.</summary>
    public const int MaxFlows = 10_000;

    private const int TransportLength = TcpView.MinimumHeaderLength;
    private const byte EchoRequest = 8;
    private const byte EchoRequestV6 = 128;

    /// <summary>Lists flows, each with its stage's id. What a stage cannot report is an object with an error.</summary>
    /// <param name="units">The entries.</param>
    /// <param name="filter">
    /// Compared with a packet of each flow's first sender: addresses, ports, protocol and direction are the flow's, other fields are as
    /// in the first packet of a connection.
    /// </param>
    /// <param name="limit">How long each stage may take.</param>
    /// <returns>At most <see cref="MaxFlows"/> flows, and the number of others that match.</returns>
    public static (IReadOnlyList<JsonObject> Flows, long More) Of(IEnumerable<StageUnit> units, PacketFilter filter, TimeSpan limit)
    {
        var (flows, found) = (new List<JsonObject>(), 0L);
        foreach (var unit in units)
        {
            flows.AddRange(Ask(unit, limit, (key, direction) => Matches(filter, key, direction) && Interlocked.Increment(ref found) <= MaxFlows));
        }

        return (flows, Math.Max(0, found - MaxFlows));
    }

    private static IEnumerable<JsonObject> Ask(StageUnit unit, TimeSpan limit, Func<FlowKey, Direction, bool> isWanted)
    {
        IReadOnlyList<JsonObject> flows;
        try
        {
            flows = PluginGuard.Within(limit, () => StageCalls.FlowsOf(unit.Nodes[0].Stage, isWanted));
        }
        catch (PluginException error)
        {
            flows = [new JsonObject { ["problem"] = error.Message }];
        }

        foreach (var flow in flows)
        {
            flow.Insert(0, "stage", unit.Id);
        }

        return flows;
    }

    private static bool Matches(PacketFilter filter, FlowKey key, Direction direction)
    {
        Span<byte> packet = stackalloc byte[Ipv6View.HeaderLength + TransportLength];
        Span<byte> source = stackalloc byte[Ipv6View.AddressLength];
        Span<byte> destination = stackalloc byte[Ipv6View.AddressLength];
        packet.Clear();
        var ip = IpView.Write(
            packet, source[..key.Source.Write(source)], destination[..key.Destination.Write(destination)], key.Protocol, TransportLength);
        switch (key.Protocol)
        {
            case IpProtocol.Tcp:
                TcpView.Write(ip.Transport, key.SourcePort, key.DestinationPort, 0, 0, TcpFlags.Syn, 0, 0);
                break;
            case IpProtocol.Icmp or IpProtocol.Icmpv6:
                ip.Transport[0] = key.Protocol == IpProtocol.Icmp ? EchoRequest : EchoRequestV6;
                break;
            default:
                ip.SourcePort = key.SourcePort;
                ip.DestinationPort = key.DestinationPort;
                break;
        }

        return filter.Matches(ip.Packet, direction);
    }
}
