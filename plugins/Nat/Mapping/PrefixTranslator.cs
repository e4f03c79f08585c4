using System.Net;
using Culvert.Algorithms;
using Culvert.Wire;

namespace Culvert.Plugins.Nat.Mapping;

/// <summary>
/// Maps prefixes one to one, without state: outbound the source, inbound the destination, and in ICMP errors also the address of the quoted
/// packet, which went the other way. Immutable; any thread may use it.
/// </summary>
/// <param name="map">The prefixes.</param>
internal sealed class PrefixTranslator(NatMap map) : ITranslator
{
    private readonly PrefixTable<PrefixMapping> _own = Table(map.Pairs.Select(pair => (pair.Own, pair.Seen)));
    private readonly PrefixTable<PrefixMapping> _seen = Table(map.Pairs.Select(pair => (pair.Seen, pair.Own)));

    /// <inheritdoc/>
    public NatVerdict Outbound(in IpView ip, long now)
    {
        Span<byte> mapped = stackalloc byte[Ipv6View.AddressLength];
        mapped = mapped[..ip.Source.Length];
        if (IcmpQuote.TryParse(ip, out var quote) && TryMap(_own, quote.Destination, mapped) == NatVerdict.Translated)
        {
            quote.SetDestination(mapped);
        }

        var verdict = TryMap(_own, ip.Source, mapped);
        if (verdict == NatVerdict.Translated)
        {
            ip.SetSource(mapped);
        }

        return verdict;
    }

    /// <inheritdoc/>
    public NatVerdict Inbound(in IpView ip, long now)
    {
        Span<byte> mapped = stackalloc byte[Ipv6View.AddressLength];
        mapped = mapped[..ip.Source.Length];
        if (IcmpQuote.TryParse(ip, out var quote) && TryMap(_seen, quote.Source, mapped) == NatVerdict.Translated)
        {
            quote.SetSource(mapped);
        }

        var verdict = TryMap(_seen, ip.Destination, mapped);
        if (verdict == NatVerdict.Translated)
        {
            ip.SetDestination(mapped);
        }

        return verdict;
    }

    private static NatVerdict TryMap(PrefixTable<PrefixMapping> table, ReadOnlySpan<byte> address, Span<byte> mapped) =>
        table.Lookup(address) is not { } mapping ? NatVerdict.Untouched
            : mapping.TryMap(address, mapped) ? NatVerdict.Translated : NatVerdict.Untranslatable;

    private static PrefixTable<PrefixMapping> Table(IEnumerable<(IPNetwork From, IPNetwork To)> pairs) =>
        new(pairs.Select(pair => KeyValuePair.Create(pair.From, new PrefixMapping(pair.From, pair.To))));
}
