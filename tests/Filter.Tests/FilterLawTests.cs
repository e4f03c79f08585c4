using CsCheck;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Tests.Support;

namespace Filter.Tests;

public sealed class FilterLawTests
{
    private static readonly string[] _words =
    [
        "host", "net", "port", "portrange", "src", "dst", "proto", "ip", "ip6", "tcp", "udp", "icmp", "icmp-type", "icmp6-type", "dscp", "ecn",
        "length", "less", "greater", "fragment", "inbound", "outbound", "syn", "and", "or", "not", "&&", "||", "!", "(", ")", "{", "}", ",",
        "[", "]", "tcp[tcpflags]", "&", "|", "==", "!=", "<", "80", "443", "8000-8080", "10.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32",
        "echo-request", "ef", "\\tcp", "99999999999", "-", "/", ".", ":", "é", "\ud800", "\0",
    ];

    private static readonly Gen<string> _anything = Gen.OneOf(
        Gen.String, Gen.String[Gen.Char[' ', '~'], 0, 60], Gen.Int[0, _words.Length - 1].Select(i => _words[i]).Array[0, 20].Select(words => string.Join(' ', words)));

    private static readonly Gen<(string Ours, string)> _expression = Gen.Int.Select(seed => new RandomExpressions(new Random(seed)).Next());

    private static readonly byte[][] _packets = [.. Packets(300)];

    [Fact]
    public void Any_string_yields_a_filter_or_an_error_within_the_string() => _anything.Sample(
        text =>
        {
            if (PacketFilter.TryParse(text, out var filter, out var error))
            {
                Assert.Equal(filter, Filters.Parse(filter.ToString()));
            }
            else
            {
                Assert.InRange(error.Position, 0, text.Length);
                Assert.DoesNotContain(error.ToString(), char.IsControl);
            }
        }, iter: 20_000);

    [Fact]
    public void The_canonical_text_has_the_same_verdicts() => _expression.Sample(
        expression =>
        {
            var (filter, again) = (Filters.Parse(expression.Ours), Filters.Parse(Filters.Parse(expression.Ours).ToString()));
            Assert.Equal(filter, again);
            Assert.All(_packets, packet => Assert.Equal(filter.Matches(packet, Direction.Inbound), again.Matches(packet, Direction.Inbound)));
        }, iter: 500);

    [Fact]
    public void A_negation_has_the_opposite_verdict() => Gen.Select(_expression, Gen.Byte.Array[0, 80]).Sample(
        (expression, bytes) =>
        {
            var (filter, opposite) = (Filters.Parse(expression.Ours), Filters.Parse($"not ({expression.Ours})"));
            Assert.All(_packets.Append(bytes), packet => Assert.NotEqual(filter.Matches(packet, Direction.Outbound), opposite.Matches(packet, Direction.Outbound)));
        }, iter: 500);

    [Fact]
    public void No_bytes_make_it_throw() => Gen.Select(_expression, Gen.Byte.Array[0, 100], Gen.Int[0, 3]).Sample(
        (expression, bytes, first) =>
        {
            if (bytes.Length > 0)
            {
                bytes[0] = (byte)(first switch { 0 => 0x45, 1 => 0x46, 2 => 0x4F, _ => 0x60 });
            }

            Filters.Parse(expression.Ours).Matches(bytes, Direction.Outbound);
        }, iter: 5_000);

    [Fact]
    public void Matching_allocates_nothing()
    {
        var filter = Filters.Parse("outbound and tcp and (port 80 or port 443) or ip6 host {2001:db8::1, 2001:db8::2} or fragment");
        SteadyState.AllocatesNothing(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var packet in _packets)
            {
                filter.Matches(packet, Direction.Outbound);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }

    private static IEnumerable<byte[]> Packets(int count)
    {
        var packets = new RandomPackets(new Random(7));
        return Enumerable.Range(0, count).Select(_ => packets.Next());
    }
}
