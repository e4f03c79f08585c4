using System.Net;
using Culvert.Counters;
using Culvert.Wire;

namespace Culvert.Plugins.Nat.Masquerading;

/// <summary>
/// Translates all hosts of this side to one address, with translated ports: mapping and filtering are endpoint-independent (RFC 4787 §4.1
/// and §5), a host's own port is kept where it is free. Any thread may use it.
/// </summary>
/// <param name="address">The shared address.</param>
/// <param name="mappings">The mappings of all lanes.</param>
/// <param name="fragments">The datagrams that arrive in fragments, of all lanes.</param>
/// <param name="evicted">Counts evicted mappings.</param>
internal sealed class Masquerade(IPAddress address, MappingTable mappings, FragmentTable fragments, Counter evicted) : ITranslator
{
    private const int FlagsOffset = 13;

    private readonly byte[] _address = address.GetAddressBytes();

    /// <inheritdoc/>
    public NatVerdict Outbound(in IpView ip, long now)
    {
        if (ip.Source.Length != _address.Length)
        {
            return NatVerdict.Untouched;
        }

        var verdict = TranslateSource(ip, now);
        if (verdict != NatVerdict.Translated || !IsShared(ip.Destination))
        {
            return verdict;
        }

        // RFC 4787 REQ-9: from one host of this side to another, by the shared address.
        verdict = Inbound(ip, now);
        return verdict == NatVerdict.Translated ? NatVerdict.Hairpin : verdict;
    }

    /// <inheritdoc/>
    public NatVerdict Inbound(in IpView ip, long now)
    {
        if (!IsShared(ip.Destination))
        {
            return NatVerdict.Untouched;
        }

        if (ip.FragmentOffset != 0)
        {
            return fragments.TryFind(ip, now, out var first) ? SetDestination(ip, first) : NatVerdict.NoMapping;
        }

        if (ip.IsChainBroken)
        {
            return NatVerdict.Malformed;
        }

        if (ip.Protocol is IpProtocol.Icmp or IpProtocol.Icmpv6 && TranslateErrorToHost(ip, now) is { } verdict)
        {
            return verdict;
        }

        if (!PortSpaces.TryReadDestination(ip, out var space, out var port) || !mappings.TryFind(space, port, now, out var host))
        {
            return NatVerdict.NoMapping;
        }

        if (ip.MoreFragments)
        {
            fragments.Note(ip, host, now);
        }

        if (host.Port != port)
        {
            SetPort(ip, space, host.Port, isSource: false);
        }

        return SetDestination(ip, host);
    }

    private NatVerdict TranslateSource(in IpView ip, long now)
    {
        if (ip.FragmentOffset != 0)
        {
            // It has no port, and every host gets the same address.
            return PortSpaces.Has(ip.Protocol) ? SetSource(ip) : NatVerdict.Untranslatable;
        }

        if (ip.IsChainBroken)
        {
            return NatVerdict.Malformed;
        }

        if (ip.Protocol is IpProtocol.Icmp or IpProtocol.Icmpv6 && TranslateErrorOfHost(ip, now) is { } verdict)
        {
            return verdict;
        }

        if (!PortSpaces.TryReadSource(ip, out var space, out var port))
        {
            return NatVerdict.Untranslatable;
        }

        if (!mappings.TryMap(new MappingKey(ip.Source, space, port), FlagsOf(ip, space), now, out var external, out var isEvicted))
        {
            return NatVerdict.TableFull;
        }

        if (isEvicted)
        {
            evicted.Increment();
        }

        if (external != port)
        {
            SetPort(ip, space, external, isSource: true);
        }

        return SetSource(ip);
    }

    // About a packet that a host of this side sent (RFC 5508 REQ-3 to REQ-5). The sender of the error may be anybody on the way. Null for what
    // is no error.
    private NatVerdict? TranslateErrorToHost(in IpView ip, long now)
    {
        if (!IcmpQuote.TryParse(ip, out var quote))
        {
            return null;
        }

        var external = quote.HasEchoIdentifier ? quote.EchoIdentifier : quote.SourcePort;
        if (!IsShared(quote.Source) || !PortSpaces.TryRead(quote, out var space) || !mappings.TryFind(space, external, now, out var host))
        {
            return NatVerdict.NoMapping;
        }

        Span<byte> buffer = stackalloc byte[Ipv6View.AddressLength];
        var bytes = host.WriteAddress(buffer);
        quote.SetSource(bytes);
        quote.SourcePort = host.Port;
        quote.EchoIdentifier = host.Port;
        ip.SetDestination(bytes);
        return NatVerdict.Translated;
    }

    // About a packet to a host of this side, from the host or a router before it. Null for what is no error.
    private NatVerdict? TranslateErrorOfHost(in IpView ip, long now)
    {
        if (!IcmpQuote.TryParse(ip, out var quote))
        {
            return null;
        }

        var port = quote.HasEchoIdentifier ? quote.EchoIdentifier : quote.DestinationPort;
        if (!PortSpaces.TryRead(quote, out var space) || !mappings.TryPeek(new MappingKey(quote.Destination, space, port), now, out var external))
        {
            return NatVerdict.NoMapping;
        }

        quote.SetDestination(_address);
        quote.DestinationPort = external;
        quote.EchoIdentifier = external;
        return SetSource(ip);
    }

    private bool IsShared(ReadOnlySpan<byte> other) => other.SequenceEqual(_address);

    private NatVerdict SetSource(in IpView ip)
    {
        ip.SetSource(_address);
        return NatVerdict.Translated;
    }

    private static NatVerdict SetDestination(in IpView ip, in MappingKey host)
    {
        Span<byte> buffer = stackalloc byte[Ipv6View.AddressLength];
        ip.SetDestination(host.WriteAddress(buffer));
        return NatVerdict.Translated;
    }

    private static void SetPort(IpView ip, PortSpace space, ushort port, bool isSource)
    {
        if (space == PortSpace.Echo)
        {
            ip.EchoIdentifier = port;
        }
        else if (isSource)
        {
            ip.SourcePort = port;
        }
        else
        {
            ip.DestinationPort = port;
        }
    }

    private static TcpFlags FlagsOf(in IpView ip, PortSpace space) =>
        space == PortSpace.Tcp && ip.Transport.Length > FlagsOffset ? (TcpFlags)ip.Transport[FlagsOffset] : TcpFlags.None;
}
