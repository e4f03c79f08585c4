using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Wire;
using static Plugins.Tests.Filtering.Conversation;

namespace Plugins.Tests.Filtering;

/// <summary>What belongs to an allowed flow passes in the other direction, and nothing else does.</summary>
public sealed class FlowTests
{
    private const TcpFlags SynAck = TcpFlags.Syn | TcpFlags.Ack;
    private const TcpFlags FinAck = TcpFlags.Fin | TcpFlags.Ack;

    [Fact]
    public void A_connection_passes_from_SYN_to_FIN_and_no_further()
    {
        using var talk = new Conversation("allow outbound and tcp");
        talk.Shake();
        Assert.True(talk.Out(FromA(TcpFlags.Ack, 101, 901, payload: 500)));
        Assert.True(talk.In(FromB(TcpFlags.Ack, 901, 601, payload: 1000)));
        Assert.True(talk.Out(FromA(FinAck, 601, 1901)));
        Assert.True(talk.In(FromB(FinAck, 1901, 602)));
        Assert.True(talk.Out(FromA(TcpFlags.Ack, 602, 1902)));
        talk.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.False(talk.In(FromB(TcpFlags.Ack, 1902, 602)));
    }

    [Theory]
    [InlineData(TcpFlags.Ack)]
    [InlineData(TcpFlags.Syn | TcpFlags.Ack)]
    [InlineData(TcpFlags.Fin | TcpFlags.Ack)]
    [InlineData(TcpFlags.Rst)]
    public void Only_a_SYN_starts_a_connection(TcpFlags flags)
    {
        using var talk = new Conversation("allow tcp");
        Assert.False(talk.Out(FromA(flags, 1, 1)));
        Assert.Equal(1, talk.Harness.Context.Count("no-flow"));
    }

    [Theory]
    [InlineData(TcpFlags.None)]
    [InlineData(TcpFlags.Syn | TcpFlags.Fin)]
    [InlineData(TcpFlags.Syn | TcpFlags.Rst)]
    [InlineData(TcpFlags.Fin)]
    public void Flags_that_no_TCP_sends_are_malformed(TcpFlags flags)
    {
        using var talk = new Conversation("allow tcp");
        Assert.False(talk.Out(FromA(flags, 1)));
        Assert.Equal(1, talk.Harness.Context.Count("malformed"));
    }

    [Fact]
    public void An_end_that_has_forgotten_its_connection_can_open_a_new_one()
    {
        using var talk = new Conversation("allow outbound and tcp");
        talk.Shake();
        Assert.True(talk.Out(FromA(TcpFlags.Syn, 3_000_000_000)));
        Assert.True(talk.In(FromB(TcpFlags.Ack, 901, 101)), "B challenges.");
        Assert.True(talk.In(FromB(SynAck, 2_000_000_000, 3_000_000_001)), "B has forgotten, too.");
        Assert.True(talk.Out(FromA(TcpFlags.Ack, 3_000_000_001, 2_000_000_001)));
        Assert.False(talk.In(FromB(TcpFlags.Syn, 1)));
    }

    [Fact]
    public void The_other_side_may_not_start()
    {
        using var talk = new Conversation("allow outbound and tcp");
        Assert.False(talk.In(FromB(TcpFlags.Syn, 1)));
        Assert.True(talk.Out(FromA(TcpFlags.Syn, 100)));
        Assert.True(talk.In(FromB(TcpFlags.Ack, 7, 7)), "A challenge, from an older connection.");
        Assert.False(talk.In(FromB(FinAck, 900, 101)));
        Assert.False(talk.In(PacketBuilder.Ipv4("10.9.0.3", A).Tcp(443, 40000, SynAck).Sequence(900, 101)));
    }

    [Theory]
    [InlineData(901u + 1001, 101u, false)]
    [InlineData(901u, 102u, false)]
    [InlineData(901u + 900, 101u, true)]
    [InlineData(unchecked(901u - 100_000), 101u, false)]
    [InlineData(901u, unchecked(101u - 70_000), false)]
    [InlineData(901u, unchecked(101u - 60_000), true)]
    public void A_segment_must_lie_in_the_window(uint sequence, uint acknowledgment, bool passes)
    {
        using var talk = new Conversation("allow outbound and tcp");
        talk.Shake();
        Assert.Equal(passes, talk.In(FromB(TcpFlags.Ack, sequence, acknowledgment, payload: 10)));
        Assert.Equal(passes ? 0 : 1, talk.Harness.Context.Count("out-of-window"));
    }

    [Fact]
    public void Windows_are_scaled_when_both_sides_say_so()
    {
        using var talk = new Conversation("allow outbound and tcp");
        Assert.True(talk.Out(FromA(TcpFlags.Syn, 100).WindowScale(7)));
        Assert.True(talk.In(FromB(SynAck, 900, 101).WindowScale(2)));
        Assert.True(talk.Out(FromA(TcpFlags.Ack, 101, 901)));
        Assert.True(talk.In(FromB(TcpFlags.Ack, 901 + 127_000, 101, payload: 10)));
        Assert.False(talk.Out(FromA(TcpFlags.Ack, 101 + 4001, 901, payload: 10)));
    }

    [Fact]
    public void A_reset_closes_where_its_receiver_accepts_it()
    {
        using var talk = new Conversation("allow outbound and tcp");
        talk.Shake();
        Assert.True(talk.In(FromB(TcpFlags.Rst, 950)));
        talk.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(talk.Out(FromA(TcpFlags.Ack, 101, 901)), "A reset elsewhere in the window changes nothing.");
        Assert.True(talk.In(FromB(TcpFlags.Rst, 901)));
        talk.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.False(talk.In(FromB(TcpFlags.Ack, 901, 101)));
    }

    [Fact]
    public void A_refused_connection_can_be_tried_again()
    {
        using var talk = new Conversation("allow outbound and tcp");
        Assert.True(talk.Out(FromA(TcpFlags.Syn, 100)));
        Assert.True(talk.In(FromB(TcpFlags.Rst | TcpFlags.Ack, 0, 101)));
        Assert.True(talk.Out(FromA(TcpFlags.Syn, 5000)));
        Assert.True(talk.In(FromB(SynAck, 900, 5001)));
    }

    [Theory]
    [InlineData(7000, true)]
    [InlineData(7500, false)]
    public void An_idle_connection_is_known_for_two_hours(int seconds, bool passes)
    {
        using var talk = new Conversation("allow outbound and tcp");
        talk.Shake();
        talk.Time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(passes, talk.In(FromB(TcpFlags.Ack, 901, 101)));
    }

    [Fact]
    public void An_answer_to_a_datagram_passes_in_time()
    {
        using var talk = new Conversation("allow outbound and udp");
        Assert.False(talk.In(PacketBuilder.Ipv4(B, A).Udp(53, 4000)));
        Assert.True(talk.Out(PacketBuilder.Ipv4(A, B).Udp(4000, 53)));
        Assert.True(talk.In(PacketBuilder.Ipv4(B, A).Udp(53, 4000)));
        Assert.False(talk.In(PacketBuilder.Ipv4(B, A).Udp(54, 4000)));
        talk.Time.Advance(TimeSpan.FromSeconds(179));
        Assert.True(talk.In(PacketBuilder.Ipv4(B, A).Udp(53, 4000)));
        talk.Time.Advance(TimeSpan.FromSeconds(181));
        Assert.False(talk.In(PacketBuilder.Ipv4(B, A).Udp(53, 4000)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_echo_is_answered_and_no_request_passes_for_it(bool isIpv6)
    {
        var (a, b) = isIpv6 ? ("2001:db8::1", "2001:db8::2") : (A, B);
        PacketBuilder Message(string from, string to, bool isReply) => isIpv6
            ? PacketBuilder.Ipv6(from, to).Icmp((byte)(isReply ? 129 : 128), 0, 7 << 16)
            : PacketBuilder.Ipv4(from, to).Icmp((byte)(isReply ? 0 : 8), 0, 7 << 16);

        using var talk = new Conversation("allow outbound and (icmp or icmp6)");
        Assert.True(talk.Out(Message(a, b, isReply: false)));
        Assert.False(talk.In(Message(b, a, isReply: false)));
        Assert.True(talk.In(Message(b, a, isReply: true)));
        Assert.False(talk.Out(Message(a, b, isReply: true)), "B asked nothing.");
        PacketBuilder Error(byte[] quoted) => isIpv6 ? PacketBuilder.Ipv6(b, a).Icmp(1).Payload(quoted) : PacketBuilder.Ipv4(b, a).Icmp(3).Payload(quoted);
        Assert.True(talk.In(Error(Message(a, b, isReply: false).Build())));
        Assert.False(talk.In(Error(Message(a, b, isReply: true).Build())));
    }

    [Fact]
    public void An_error_that_quotes_a_known_flow_passes_to_its_sender()
    {
        using var talk = new Conversation("allow outbound and udp");
        var sent = PacketBuilder.Ipv4(A, B).Udp(4000, 53).Build();
        var other = PacketBuilder.Ipv4(A, B).Udp(4001, 53).Build();
        Assert.Single(talk.Harness.Outbound(sent).Passed);
        Assert.True(talk.In(PacketBuilder.Ipv4("10.9.0.254", A).Icmp(3, 4).Payload(sent)));
        Assert.False(talk.In(PacketBuilder.Ipv4("10.9.0.254", A).Icmp(3, 4).Payload(other)));
        Assert.False(talk.In(PacketBuilder.Ipv4("10.9.0.254", "10.0.0.77").Icmp(3, 4).Payload(sent)));
    }

    [Fact]
    public void Later_fragments_follow_their_first()
    {
        PacketBuilder Piece(int offset, ushort id) =>
            (offset == 0 ? PacketBuilder.Ipv4(A, B).Udp(4000, 53) : PacketBuilder.Ipv4(A, B).Protocol(IpProtocol.Udp))
                .Payload(64).Fragment(offset, more: offset == 0).Identification(id);

        using var talk = new Conversation("allow outbound and udp");
        Assert.False(talk.Out(Piece(72, 5)));
        Assert.True(talk.Out(Piece(0, 5)));
        Assert.True(talk.Out(Piece(72, 5)));
        Assert.False(talk.Out(Piece(72, 6)));
    }

    [Fact]
    public void A_rule_still_refuses_what_belongs_to_no_flow()
    {
        using var talk = new Conversation("reject tcp port 443", "allow tcp");
        talk.Out(FromA(TcpFlags.Ack, 1, 1));
        Assert.Equal(1, talk.Harness.Context.Count("rejected-by-rule"));
        Assert.Single(talk.Harness.Context.Emitted);
    }

    [Fact]
    public void Without_state_the_rules_decide_about_every_packet()
    {
        using var talk = new Conversation(Filters.Of("allow outbound and tcp") with { Stateful = false });
        Assert.True(talk.Out(FromA(TcpFlags.Ack, 1, 1)));
        Assert.False(talk.In(FromB(TcpFlags.Ack, 1, 1)));
        Assert.Empty(talk.Harness.Stage.GetStatus());
    }

    [Fact]
    public void The_status_counts_flows()
    {
        using var talk = new Conversation("allow outbound");
        talk.Shake();
        talk.Out(PacketBuilder.Ipv4(A, B).Udp(4000, 53));
        var expected = JsonNode.Parse("""{"flows":{"tcp":1,"udp":1,"icmp":0,"other":0,"half-open":1,"capacity":65536}}""");
        Assert.True(JsonNode.DeepEquals(expected, talk.Harness.Stage.GetStatus()), talk.Harness.Stage.GetStatus().ToJsonString());
    }

    [Fact]
    public void The_flows_are_listed_that_are_wanted()
    {
        using var talk = new Conversation("allow outbound", "allow inbound and icmp-type echo-request");
        talk.Shake();
        talk.Out(PacketBuilder.Ipv4(A, B).Udp(4000, 53));
        talk.In(PacketBuilder.Ipv4(B, A).Ping(7, 1));
        talk.Out(PacketBuilder.Ipv6("2001:db8::1", "2001:db8::2").Udp(4000, 53).Payload(64).Fragment(0, more: true));
        talk.Time.Advance(TimeSpan.FromSeconds(5));
        var keys = new List<string>();
        var flows = talk.Harness.Stage.ListFlows((key, direction) =>
        {
            keys.Add($"{direction} {key.Protocol} {key.Source} {key.SourcePort} {key.Destination} {key.DestinationPort}");
            return key.Protocol != IpProtocol.Udp || !key.Source.IsIpv4;
        }).Select(flow => flow.ToJsonString()).Order();
        Assert.Equal(
            [
                "Inbound Icmp 10.9.0.2 7 10.0.0.1 7", "Outbound Tcp 10.0.0.1 40000 10.9.0.2 443", "Outbound Udp 10.0.0.1 4000 10.9.0.2 53",
                "Outbound Udp 2001:db8::1 4000 2001:db8::2 53",
            ],
            keys.Order());
        Assert.Equal(
            [
                """{"protocol":"icmp","source":"10.9.0.2 id 7","destination":"10.0.0.1 id 7","direction":"inbound","state":"one-way","seconds-left":25}""",
                """{"protocol":"tcp","source":"10.0.0.1:40000","destination":"10.9.0.2:443","direction":"outbound","state":"established","seconds-left":7435}""",
                """{"protocol":"udp","source":"[2001:db8::1]:4000","destination":"[2001:db8::2]:53","direction":"outbound","state":"one-way","seconds-left":25}""",
            ],
            flows);
    }
}
