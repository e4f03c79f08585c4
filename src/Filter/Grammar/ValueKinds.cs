using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using Culvert.Filtering.Conditions;

namespace Culvert.Filtering.Grammar;

/// <summary>The words that take a value.</summary>
internal static class ValueKinds
{
    private const string PortExpected = "a port number from 0 to 65535";

    private static readonly string[] Families = ["ip", "ip6"];
    private static readonly string[] WithPorts = ["tcp", "udp", "sctp"];

    public static readonly ValueKind Host = new("host", "an IPv4 or IPv6 address", Names.None, Families, HasEnds: true, ReadHost);

    private static readonly ValueKind[] All =
    [
        Host,
        new("net", "a prefix such as 10.0.0.0/8", Names.None, Families, HasEnds: true, ReadNet),
        new("port", PortExpected, Names.None, WithPorts, HasEnds: true, ReadPort),
        new("portrange", "a range of ports such as 8000-8080", Names.None, WithPorts, HasEnds: true, ReadPortRange),
        Number("proto", "protocol number", Names.Protocols, 0xFF, Comparisons.Protocol, Families),
        Number("icmp-type", "ICMP type", Names.IcmpTypes, 0xFF, (_, type) => Comparisons.IcmpType(Detail.HasIcmpType, type)),
        Number("icmp6-type", "ICMPv6 type", Names.Icmpv6Types, 0xFF, (_, type) => Comparisons.IcmpType(Detail.HasIcmpv6Type, type)),
        Number("dscp", "DSCP", Names.Dscps, 63, (_, dscp) => Comparisons.TrafficClass(Facts.Dscp, dscp << 2)),
        Number("ecn", "ECN code point", Names.Ecns, 3, (_, ecn) => Comparisons.TrafficClass(Facts.Ecn, ecn)),
    ];

    public static readonly FrozenDictionary<string, ValueKind> ByWord = All.ToFrozenDictionary(kind => kind.Word);

    /// <summary>Parses a decimal number without leading zeros.</summary>
    public static bool TryParseNumber(string text, uint max, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= max && text is not ['0', _, ..];

    private static ValueKind Number(
        string word, string noun, FrozenDictionary<string, uint> names, uint max, Func<string, uint, Node> compare, string[]? protocols = null)
    {
        var expected = string.Create(CultureInfo.InvariantCulture, $"{(noun[0] is 'I' or 'E' ? "an" : "a")} {noun} from 0 to {max}");
        expected += names.Count == 0 ? "" : $" or a name such as {names.Keys.Order(StringComparer.Ordinal).First()}";
        return new ValueKind(word, expected, names, protocols ?? [], HasEnds: false, (qualifier, value) =>
        {
            var text = value.Text.TrimStart('\\');
            return names.TryGetValue(text, out var number) || TryParseNumber(text, max, out number)
                ? ValueReading.Of(NameOf(names, number), compare(qualifier.Protocol, number))
                : Misspelt(value, text, noun, names, expected);
        });
    }

    // The first of several names in the alphabet that is not one of tcpdump's, which begin with the protocol.
    private static string NameOf(FrozenDictionary<string, uint> names, uint number) =>
        names.Where(pair => pair.Value == number && !pair.Key.StartsWith("icmp-", StringComparison.Ordinal) && !pair.Key.StartsWith("icmp6-", StringComparison.Ordinal))
            .Select(pair => pair.Key).Order(StringComparer.Ordinal).FirstOrDefault() ?? number.ToString(CultureInfo.InvariantCulture);

    private static ValueReading Misspelt(Token value, string text, string noun, FrozenDictionary<string, uint> names, string expected)
    {
        var nearest = value.IsNumeric ? null : Options.Suggestion.Nearest(text, names.Keys);
        return ValueReading.Failed(value, $"not a valid {noun}", nearest is null ? $"write {expected}" : $"did you mean '{nearest}'?");
    }

    private static ValueReading ReadHost(Qualifier qualifier, Token value)
    {
        if (Prefix.ParseAddress(value.Text) is { } address)
        {
            return InFamily(qualifier, value, address, address.ToString(), address.GetAddressBytes().Length * 8);
        }

        return value.Text.Contains('/', StringComparison.Ordinal) && Prefix.Parse(value.Text, out _) is not null
            ? ValueReading.Failed(value, "a prefix, not an address", $"write 'net {value.Text}'")
            : ValueReading.Failed(
                value, "not a valid address", "write four decimal numbers without leading zeros, or an IPv6 address (names are not resolved)");
    }

    private static ValueReading ReadNet(Qualifier qualifier, Token value) => Prefix.Parse(value.Text, out var remedy) is var (address, length)
        ? InFamily(qualifier, value, address, string.Create(CultureInfo.InvariantCulture, $"{address}/{length}"), length)
        : ValueReading.Failed(value, "not a valid prefix", remedy);

    private static ValueReading InFamily(Qualifier qualifier, Token value, IPAddress address, string text, int length)
    {
        var family = address.GetAddressBytes().Length == sizeof(uint) ? "ip" : "ip6";
        return qualifier.Protocol.Length == 0 || qualifier.Protocol == family
            ? ValueReading.Of(text, Comparisons.Network(qualifier.Ends, address, length))
            : ValueReading.Failed(value, $"not an address of '{qualifier.Protocol}'", $"write '{family}' or remove '{qualifier.Protocol}'");
    }

    private static ValueReading ReadPort(Qualifier qualifier, Token value)
    {
        if (TryParseNumber(value.Text, ushort.MaxValue, out var port))
        {
            return ValueReading.Of(value.Text, Comparisons.Ports(qualifier, port, port));
        }

        return ValueReading.Failed(value, "not a valid port number", IsRange(value.Text, out _, out _)
            ? $"write 'portrange {value.Text}'"
            : $"write {PortExpected} (service names are not resolved)");
    }

    private static ValueReading ReadPortRange(Qualifier qualifier, Token value)
    {
        if (!IsRange(value.Text, out var low, out var high))
        {
            return ValueReading.Failed(value, "not a valid range of ports", "write two port numbers, for example 8000-8080");
        }

        return low <= high
            ? ValueReading.Of(string.Create(CultureInfo.InvariantCulture, $"{low}-{high}"), Comparisons.Ports(qualifier, low, high))
            : ValueReading.Failed(value, "a range that ends before its start", string.Create(CultureInfo.InvariantCulture, $"write {high}-{low}"));
    }

    private static bool IsRange(string text, out uint low, out uint high)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        high = 0;
        return TryParseNumber(dash < 0 ? text : text[..dash], ushort.MaxValue, out low)
            && TryParseNumber(text[(dash + 1)..], ushort.MaxValue, out high);
    }
}
