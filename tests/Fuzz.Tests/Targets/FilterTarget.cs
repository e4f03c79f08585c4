using System.Text;
using Culvert.Filtering;
using Culvert.Packets;
using Fuzz.Tests.Engine;

namespace Fuzz.Tests.Targets;

/// <summary>
/// A filter expression: it is refused in words, or its canonical text parses to the same filter, the opposite matches what it does not, and no packet
/// makes it throw.
/// </summary>
internal sealed class FilterTarget : FuzzTarget
{
    public override IEnumerable<byte[]> Seeds => Utf8(
        "tcp dst port 443", "outbound and tcp and (port 80 or port 443)", "not (net 10.0.0.0/8 or host 2001:db8::1)", "icmp type echo-request", "length > 1400",
        "ip[0] & 0xf = 5", "tcp flags syn", "dscp ef and ecn ce", "udp port 1000-2000", "ip6 src net fd00::/8 || vlan", "! tcp && host 192.0.2.1");

    public override IEnumerable<string> Words => [.. Culvert.Filtering.Grammar.Words.All, " and ", " or ", "(", ")", "!", " 10.0.0.0/8", " 0x", "[", "]", "-", ">=", "&"];

    public override int MaxLength => 400;

    public override void Run(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        if (!PacketFilter.TryParse(text, out var filter, out var error))
        {
            Assert.NotEmpty(error.ToString());
            return;
        }

        var canonical = filter.ToString();
        Assert.True(PacketFilter.TryParse(canonical, out var again, out error), $"'{canonical}': {error}");
        Assert.Equal(canonical, again.ToString());
        Assert.True(PacketFilter.TryParse(filter.Opposite, out var opposite, out error), $"'{filter.Opposite}': {error}");
        foreach (var packet in SeedPackets.All)
        {
            var matches = filter.Matches(packet, Direction.Outbound);
            Assert.Equal(matches, again.Matches(packet, Direction.Outbound));
            Assert.True(opposite.Matches(packet, Direction.Outbound) != matches, $"'{canonical}' and '{filter.Opposite}' agree");
        }
    }
}
