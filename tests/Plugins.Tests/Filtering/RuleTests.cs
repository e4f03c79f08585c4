using Culvert.Packets;
using Culvert.Plugins.StatefulFilter;
using Culvert.Testing;
using Culvert.Wire;
using Microsoft.Extensions.Time.Testing;
using static Plugins.Tests.Filtering.Filters;

namespace Plugins.Tests.Filtering;

/// <summary>Rules in order, their counters, and the answers to what they reject.</summary>
public sealed class RuleTests
{
    private static readonly byte[] _web = PacketBuilder.Ipv4().Tcp(40000, 443, TcpFlags.Syn).Build();
    private static readonly byte[] _mail = PacketBuilder.Ipv6().Tcp(40000, 25, TcpFlags.Syn).Build();
    private static readonly byte[] _dns = PacketBuilder.Ipv4().Udp(40000, 53).Build();

    [Fact]
    public void The_first_rule_that_matches_decides()
    {
        using var harness = Start(Of("drop tcp dst port 443", "allow tcp"));
        Assert.Equal(1, harness.Outbound(_web).Drops["denied-by-rule"]);
        Assert.Equal(_mail, harness.Outbound(_mail).Single());
    }

    [Theory]
    [InlineData(FilterDefault.Drop, 0)]
    [InlineData(FilterDefault.Allow, 1)]
    public void The_default_decides_about_the_rest(FilterDefault verdict, int passed)
    {
        using var harness = Start(Of("allow tcp") with { Default = verdict });
        Assert.Equal(passed, harness.Outbound(_dns).Passed.Count);
    }

    [Fact]
    public void A_rule_with_a_direction_applies_to_that_direction()
    {
        using var harness = Start(Of("allow outbound and udp"));
        Assert.Single(harness.Outbound(_dns).Passed);
        Assert.Empty(harness.Inbound(PacketBuilder.Ipv4("10.0.0.9").Udp(1, 53).Build()).Passed);
    }

    [Fact]
    public void Each_rule_counts_under_its_name()
    {
        using var harness = Start(Of("allow udp as names", "reject tcp port 25"));
        harness.Outbound(_dns, _mail, _web);
        Assert.Equal(
            ["allowed names 1", "denied-by-rule default 1", "rejected-by-rule 2 1"],
            harness.Context.Counters.All.Where(one => one.Value > 0 && one.Tags.Count == 2)
                .Select(one => $"{one.Name} {one.Tags[0].Value} {one.Value}").Order());
    }

    [Fact]
    public void A_rejected_segment_gets_a_reset_from_its_destination()
    {
        using var harness = Start(Of("reject tcp port 25"));
        harness.Outbound(_mail);
        var answer = Assert.Single(harness.Context.Emitted);
        Assert.Equal(Direction.Inbound, answer.Direction);
        Assert.True(IpView.TryParse(answer.Bytes, out var ip));
        Assert.True(TcpView.TryParse(ip.Transport, out var tcp));
        Assert.Equal(TcpFlags.Rst | TcpFlags.Ack, tcp.Flags);
        Assert.Equal("2001:db8::2", ip.SourceAddress.ToString());
        Assert.True(tcp.IsChecksumValid(ip.PseudoHeaderSum()));
    }

    [Theory]
    [InlineData(false, 3, 13)]
    [InlineData(true, 1, 1)]
    public void Another_rejected_packet_gets_an_error(bool isIpv6, byte type, byte code)
    {
        using var harness = Start(Of("reject udp"));
        harness.Inbound((isIpv6 ? PacketBuilder.Ipv6() : PacketBuilder.Ipv4()).Udp(1, 53).Payload(1400).Build());
        var answer = Assert.Single(harness.Context.Emitted);
        Assert.Equal(Direction.Outbound, answer.Direction);
        Assert.True(IpView.TryParse(answer.Bytes, out var ip));
        Assert.Equal((type, code), (ip.Transport[0], ip.Transport[1]));
    }

    public static TheoryData<string, byte[]> Unanswerable => new()
    {
        { "an ICMP error", PacketBuilder.Ipv4().Icmp(3, 1).Payload(40).Build() },
        { "a reset", PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Rst).Build() },
        { "a segment with a wrong checksum", PacketBuilder.Ipv4().Tcp(flags: TcpFlags.Syn).ChecksumError(1).Build() },
        { "a later fragment", PacketBuilder.Ipv4().Protocol(IpProtocol.Udp).Fragment(64, more: false).Payload(64).Build() },
        { "a multicast packet", PacketBuilder.Ipv4("10.0.0.1", "224.0.0.1").Udp().Build() },
        { "an ICMPv6 error", PacketBuilder.Ipv6().Icmp(1, 4).Payload(48).Build() },
    };

    [Theory]
    [MemberData(nameof(Unanswerable))]
    public void What_must_not_be_answered_is_not(string what, byte[] packet)
    {
        using var harness = Start(Of("reject length >= 0"));
        Assert.True(harness.Inbound(packet).Dropped == 1, what);
        Assert.Empty(harness.Context.Emitted);
        Assert.Equal(1, harness.Context.Count("unanswerable"));
    }

    [Fact]
    public void Answers_are_limited()
    {
        using var context = new TestStageContext(new FakeTimeProvider());
        using var harness = Start(Of("reject udp"), context);
        for (var i = 0; i < 3 * Refusals.AnswersPerSecond; i++)
        {
            harness.Outbound(_dns);
        }

        Assert.Equal(Refusals.AnswersPerSecond, context.Emitted.Count);
        Assert.Equal(2 * Refusals.AnswersPerSecond, context.Count("answers-limited"));
    }

    [Fact]
    public void An_incomplete_IP_packet_is_dropped_under_any_rules()
    {
        using var harness = Start(Of("allow length >= 0") with { Default = FilterDefault.Allow });
        Assert.Equal(2, harness.Outbound([0x12, 0x34], _web[..30]).Drops["malformed"]);
    }

    [Fact]
    public void Mistakes_in_the_rules_are_reported()
    {
        var findings = new OptionsRecorder("x");
        var good = Of("allow tcp").Rules[0];
        FilterStage.Validate(
            new() { Rules = [new(), good with { Drop = good.Allow }, good with { Name = "a" }, good with { Name = "a" }, good with { Name = "" }] },
            findings);
        FilterStage.Validate(new(), findings);
        Assert.Equal(
            [
                "error: 'x': rules[0]: no verdict; write exactly one of allow, drop and reject, for example {allow: outbound and tcp dst port 443}",
                "error: 'x': rules[1]: more than one verdict; write exactly one of allow, drop and reject, for example {allow: outbound and tcp dst port 443}",
                "error: 'x': rules[3].name: 'a' is the name of another rule; give each rule its own name",
                "error: 'x': rules[4].name: not a valid name; write 1 to 64 printable characters",
                "warning: 'x': rules: no rules, and every packet is dropped; add rules, or write 'default: allow'",
            ],
            findings.Findings.Select(finding => finding.ToString()));
    }
}
