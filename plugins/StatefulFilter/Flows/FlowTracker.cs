using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Culvert.Endpoints.Flows;
using Culvert.Packets;
using Culvert.Wire;

namespace Culvert.Plugins.StatefulFilter.Flows;

/// <summary>Finds the flows of one direction's packets, and admits new ones. Any number may share a table.</summary>
internal sealed class FlowTracker(SharedTable<FlowIdentity, Flow> table, FlowTimes times, Direction direction)
{
    private const int PortsLength = 2 * sizeof(ushort);
    private const byte EchoRequest = 8;
    private const byte EchoRequestV6 = 128;

    private readonly Direction _opposite = direction == Direction.Outbound ? Direction.Inbound : Direction.Outbound;

    /// <summary>Looks a packet's flow up, and advances it.</summary>
    /// <param name="ip">The packet, not truncated.</param>
    /// <param name="now">The time.</param>
    /// <param name="key">The packet's flow, for <see cref="TryAdmit"/>.</param>
    public FlowFinding Look(in IpView ip, long now, out FlowIdentity key)
    {
        key = default;
        if (ip.FragmentOffset != 0)
        {
            key = FlowIdentity.OfFragments(ip, direction);
            return Touch(key, now) ? FlowFinding.Known : FlowFinding.NoFlow;
        }

        if (ip.IsChainBroken)
        {
            return FlowFinding.Malformed;
        }

        switch (ip.Protocol)
        {
            case IpProtocol.Tcp:
                return LookTcp(ip, now, out key);
            case IpProtocol.Udp or IpProtocol.UdpLite or IpProtocol.Dccp or IpProtocol.Sctp:
                return LookPorts(ip, now, out key);
            case IpProtocol.Icmp when ip.IsIpv4:
            case IpProtocol.Icmpv6 when !ip.IsIpv4:
                return LookIcmp(ip, now, out key);
            default:
                key = FlowIdentity.OfPorts(ip.Source, ip.Destination, direction, ip.Protocol, 0, 0);
                return Exchange(key, now) ? FlowFinding.Known : FlowFinding.New;
        }
    }

    /// <summary>Notes a flow whose first packet the rules let pass.</summary>
    /// <param name="ip">The packet.</param>
    /// <param name="key">From <see cref="Look"/>.</param>
    /// <param name="now">The time.</param>
    /// <param name="isEvicted">Whether another flow was evicted for it.</param>
    /// <returns><see langword="false"/> when the table is full of established flows.</returns>
    public bool TryAdmit(in IpView ip, in FlowIdentity key, long now, out bool isEvicted)
    {
        var segment = default(TcpSegment);
        var isTcp = ip.Protocol == IpProtocol.Tcp && TcpView.TryParse(ip.Transport, out var tcp) && TcpSegment.TryRead(ip, tcp, out segment);
        using var set = table.Hold(key);
        ref var flow = ref set.Claim(key, now, out isEvicted);
        if (Unsafe.IsNullRef(ref flow))
        {
            return false;
        }

        flow = new Flow { Key = key, Origin = direction, State = isTcp ? FlowState.Opening : FlowState.OneWay };
        flow.Originator = isTcp ? TcpSide.Start(segment) : default;
        Prolong(ref flow, now);
        return true;
    }

    /// <summary>Notes the first fragment of a datagram that passed, so that the later ones do.</summary>
    public void NoteFragments(in IpView ip, long now)
    {
        var key = FlowIdentity.OfFragments(ip, direction);
        using var set = table.Hold(key);
        ref var flow = ref set.Claim(key, now, out _);
        if (!Unsafe.IsNullRef(ref flow))
        {
            flow = new Flow { Key = key, Origin = direction, State = FlowState.Fragments, Until = now + times[FlowState.Fragments] };
        }
    }

    private FlowFinding LookTcp(in IpView ip, long now, out FlowIdentity key)
    {
        key = default;
        if (!TcpView.TryParse(ip.Transport, out var tcp) || !TcpSegment.TryRead(ip, tcp, out var segment))
        {
            return FlowFinding.Malformed;
        }

        key = FlowIdentity.OfPorts(ip.Source, ip.Destination, direction, IpProtocol.Tcp, tcp.SourcePort, tcp.DestinationPort);
        using var set = table.Hold(key);
        ref var flow = ref set.Find(key, now);
        if (Unsafe.IsNullRef(ref flow))
        {
            return segment.IsStart ? FlowFinding.New : FlowFinding.NoFlow;
        }

        var finding = TcpTracker.Advance(ref flow, segment, flow.Origin == direction);
        if (finding == FlowFinding.Known)
        {
            Prolong(ref flow, now);
        }

        return finding;
    }

    private FlowFinding LookPorts(in IpView ip, long now, out FlowIdentity key)
    {
        key = default;
        var transport = ip.Transport;
        if (transport.Length < PortsLength)
        {
            return FlowFinding.Malformed;
        }

        var source = BinaryPrimitives.ReadUInt16BigEndian(transport);
        var destination = BinaryPrimitives.ReadUInt16BigEndian(transport[sizeof(ushort)..]);
        key = FlowIdentity.OfPorts(ip.Source, ip.Destination, direction, ip.Protocol, source, destination);
        return Exchange(key, now) ? FlowFinding.Known : FlowFinding.New;
    }

    private FlowFinding LookIcmp(in IpView ip, long now, out FlowIdentity key)
    {
        key = default;
        if (ip.Transport.Length < IcmpView.HeaderLength)
        {
            return FlowFinding.Malformed;
        }

        if (!ip.HasEchoIdentifier)
        {
            return IcmpQuote.TryParse(ip, out var quote) && QuotesKnownFlow(ip, quote, now) ? FlowFinding.Known : FlowFinding.Single;
        }

        var isRequest = IsEchoRequest(ip);
        key = FlowIdentity.OfEcho(ip.Source, ip.Destination, direction, isRequest, ip.EchoIdentifier);
        return Exchange(key, now) ? FlowFinding.Known : isRequest ? FlowFinding.New : FlowFinding.NoFlow;
    }

    private static bool IsEchoRequest(in IpView ip) => ip.Transport[0] == (ip.IsIpv4 ? EchoRequest : EchoRequestV6);

    // The quoted packet went the other way, and the error goes to its sender.
    private bool QuotesKnownFlow(in IpView ip, in IcmpQuote quote, long now)
    {
        if (!ip.Destination.SequenceEqual(quote.Source))
        {
            return false;
        }

        if (quote.HasEchoIdentifier)
        {
            IpView.TryParse(ip.Transport[IcmpView.HeaderLength..], out var quoted);
            return IsKnown(FlowIdentity.OfEcho(quote.Source, quote.Destination, _opposite, IsEchoRequest(quoted), quote.EchoIdentifier), now);
        }

        return IsKnown(
            FlowIdentity.OfPorts(quote.Source, quote.Destination, _opposite, quote.Protocol, quote.SourcePort, quote.DestinationPort), now);
    }

    private bool IsKnown(in FlowIdentity key, long now)
    {
        using var set = table.Hold(key);
        return !Unsafe.IsNullRef(ref set.Find(key, now));
    }

    private bool Touch(in FlowIdentity key, long now)
    {
        using var set = table.Hold(key);
        ref var flow = ref set.Find(key, now);
        if (Unsafe.IsNullRef(ref flow))
        {
            return false;
        }

        Prolong(ref flow, now);
        return true;
    }

    private bool Exchange(in FlowIdentity key, long now)
    {
        using var set = table.Hold(key);
        ref var flow = ref set.Find(key, now);
        if (Unsafe.IsNullRef(ref flow))
        {
            return false;
        }

        flow.State = flow.Origin == direction ? flow.State : FlowState.TwoWay;
        Prolong(ref flow, now);
        return true;
    }

    private void Prolong(ref Flow flow, long now)
    {
        flow.Until = now + times[flow.State];
        flow.QuietFrom = now + times.Quiet;
    }
}
