using Culvert.Testing;
using Culvert.Wire;
using static Plugins.Tests.Filtering.Conversation;

namespace Plugins.Tests.Filtering;

/// <summary>The flow table is bounded, fair under a flood, and shared by lanes.</summary>
public sealed class TableTests
{
    private const TcpFlags SynAck = TcpFlags.Syn | TcpFlags.Ack;

    [Fact]
    public void A_SYN_flood_evicts_no_established_connection_and_lets_new_ones_in()
    {
        using var talk = new Conversation(Filters.Of("allow tcp") with { Flows = 1024 });
        for (ushort port = 1; port <= 100; port++)
        {
            talk.Shake(port);
        }

        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var source = $"198.51.{random.Next(256)}.{random.Next(1, 255)}";
            talk.In(PacketBuilder.Ipv4(source, A).Tcp((ushort)random.Next(1, 65536), 80, TcpFlags.Syn));
            if (i % 1000 == 0)
            {
                talk.Time.Advance(TimeSpan.FromMilliseconds(10));
                talk.Shake((ushort)(10_000 + i));
            }
        }

        for (ushort port = 1; port <= 100; port++)
        {
            Assert.True(talk.In(FromB(TcpFlags.Ack, 901, 101, payload: 10, port: port)), $"Port {port} is known.");
        }

        Assert.True(talk.Harness.Context.Count("evicted") > 10_000);
    }

    [Fact]
    public void A_table_full_of_established_connections_refuses_more_until_one_was_quiet()
    {
        using var talk = new Conversation(Filters.Of("allow tcp") with { Flows = 16 });
        for (ushort port = 1; port <= 16; port++)
        {
            talk.Shake(port);
        }

        Assert.False(talk.Out(FromA(TcpFlags.Syn, 1, port: 17)));
        Assert.Equal(1, talk.Harness.Context.Count("table-full"));
        talk.Time.Advance(TimeSpan.FromSeconds(299));
        for (ushort port = 1; port <= 15; port++)
        {
            Assert.True(talk.Out(FromA(TcpFlags.Ack, 101, 901, port: port)));
        }

        Assert.False(talk.Out(FromA(TcpFlags.Syn, 1, port: 17)));
        talk.Time.Advance(TimeSpan.FromSeconds(1));
        talk.Shake(17);
        Assert.False(talk.Out(FromA(TcpFlags.Ack, 101, 901, port: 16)), "It was quiet, and made room.");
        Assert.True(talk.Out(FromA(TcpFlags.Ack, 101, 901, port: 15)));
    }

    [Fact]
    public void Lanes_share_their_flows()
    {
        var contexts = TestStageContext.ForLanes(2);
        using var first = Filters.Start(Filters.Of("allow outbound and tcp"), contexts[0]);
        using var second = Filters.Start(Filters.Of("allow outbound and tcp"), contexts[1]);
        Assert.Single(first.Outbound(FromA(TcpFlags.Syn, 100).Build()).Passed);
        Assert.Single(second.Inbound(FromB(SynAck, 900, 101).Build()).Passed);
    }

    [Fact]
    public void A_reload_keeps_the_flows_and_judges_new_ones_by_the_new_rules()
    {
        using var context = new TestStageContext();
        using var before = Filters.Start(Filters.Of("allow outbound and tcp"), context);
        Assert.Single(before.Outbound(FromA(TcpFlags.Syn, 100).Build()).Passed);
        using var after = Filters.Start(Filters.Of("drop tcp", "allow udp"), context.Successor());
        Assert.Single(after.Inbound(FromB(SynAck, 900, 101).Build()).Passed);
        Assert.Empty(after.Outbound(FromA(TcpFlags.Syn, 100, port: 40001).Build()).Passed);
        using var resized = Filters.Start(Filters.Of("allow outbound and tcp") with { Flows = 1024 }, context.Successor());
        Assert.Empty(resized.Inbound(FromB(TcpFlags.Ack, 901, 101).Build()).Passed);
    }

    [Fact]
    public async Task Lanes_may_work_at_once()
    {
        var contexts = TestStageContext.ForLanes(2);
        var options = Filters.Of("allow udp") with { Flows = 64 };
        using var first = Filters.Start(options, contexts[0]);
        using var second = Filters.Start(options, contexts[1]);
        await Task.WhenAll(new[] { first, second }.Select(lane => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                var port = (ushort)(1 + (i % 200));
                Assert.True(lane.Outbound(PacketBuilder.Ipv4(A, B).Udp(port, 53).Build()).Dropped <= 1);
                lane.Inbound(PacketBuilder.Ipv4(B, A).Udp(53, port).Build());
            }
        })));
        var status = first.Stage.GetStatus();
        Assert.InRange((int)status["flows"]!["udp"]!, 1, 64);
    }
}
