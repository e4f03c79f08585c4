using System.Net;
using System.Text.Json.Nodes;
using Culvert.Packets;
using Culvert.Plugins.Nat;
using Culvert.Plugins.Nat.Masquerading;
using Culvert.Testing;
using Culvert.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Plugins.Tests.Translating;

/// <summary>The table of mappings is exact, bounded, fair when full, shared by lanes, and outlives a reload.</summary>
public sealed class MappingTableTests
{
    private const string Server = "10.9.0.2";

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(PortSpace.Udp, TcpFlags.None, false, 300)]
    [InlineData(PortSpace.Echo, TcpFlags.None, false, 60)]
    [InlineData(PortSpace.Tcp, TcpFlags.Syn, false, 240)]
    [InlineData(PortSpace.Tcp, TcpFlags.Ack, true, 7440)]
    [InlineData(PortSpace.Tcp, TcpFlags.Fin | TcpFlags.Ack, true, 240)]
    [InlineData(PortSpace.Tcp, TcpFlags.Rst, true, 240)]
    public void An_idle_mapping_is_known_for_so_long(object space, TcpFlags flags, bool isAnswered, int seconds)
    {
        var table = new MappingTable(64, _time, new Random(1));
        var key = Key(1, (PortSpace)space, 4000);
        Assert.True(table.TryMap(key, TcpFlags.Syn, Now, out var external, out _));
        Assert.True(!isAnswered || table.TryFind((PortSpace)space, external, Now, out _));
        Assert.True(table.TryMap(key, flags, Now, out _, out _));
        _time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.True(table.TryFind((PortSpace)space, external, Now, out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(table.TryFind((PortSpace)space, external, Now, out _));
    }

    [Fact]
    public void Packets_from_outside_prolong_nothing()
    {
        var table = new MappingTable(64, _time, new Random(1));
        Assert.True(table.TryMap(Key(1, PortSpace.Udp, 4000), TcpFlags.None, Now, out var external, out _));
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(99));
            Assert.True(table.TryFind(PortSpace.Udp, external, Now, out _));
        }

        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(table.TryFind(PortSpace.Udp, external, Now, out _));
    }

    [Fact]
    public void An_expired_mapping_releases_its_port()
    {
        var table = new MappingTable(4096, _time, new Random(1));
        Assert.True(table.TryMap(Key(1, PortSpace.Udp, 4000), TcpFlags.None, Now, out _, out _));
        _time.Advance(TimeSpan.FromSeconds(301));
        for (uint host = 2; host < 50; host++)
        {
            Assert.True(table.TryMap(Key(host, PortSpace.Udp, (ushort)(3998 + host)), TcpFlags.None, Now, out var external, out _));
            Assert.Equal(3998 + host, external);
        }

        Assert.True(table.TryMap(Key(1, PortSpace.Udp, 4000), TcpFlags.None, Now, out var other, out _));
        Assert.NotEqual(4000, other);
    }

    [Fact]
    public void Random_traffic_never_gives_one_port_to_two_hosts()
    {
        var table = new MappingTable(512, _time, new Random(2));
        var random = new Random(3);
        var model = new Dictionary<(uint Host, ushort Port), ushort>();
        for (var i = 0; i < 60_000; i++)
        {
            var (host, port) = ((uint)random.Next(1, 40), (ushort)random.Next(2000, 2060));
            var key = Key(host, PortSpace.Udp, port);
            if (table.TryMap(key, TcpFlags.None, Now, out var external, out _))
            {
                model[(host, port)] = external;
                Assert.True(table.TryFind(PortSpace.Udp, external, Now, out var back));
                Assert.True(back.Is(key));
            }

            if (i % 50 == 0)
            {
                _time.Advance(TimeSpan.FromSeconds(random.Next(40)));
                Check(table, model);
            }
        }
    }

    [Fact]
    public void A_host_that_opens_many_ports_leaves_room_for_others()
    {
        var table = new MappingTable(1024, _time, new Random(1));
        var rooms = 0;
        for (uint host = 2; host < 52; host++)
        {
            rooms += table.TryMap(Key(host, PortSpace.Udp, 4000), TcpFlags.None, Now, out var port, out _) && table.TryFind(PortSpace.Udp, port, Now, out _) ? 1 : 0;
        }

        for (var port = 1024; port < 60_000; port++)
        {
            // Answered, so that nothing but the number tells it from others.
            if (table.TryMap(Key(1, PortSpace.Udp, (ushort)port), TcpFlags.None, Now, out var external, out _))
            {
                table.TryFind(PortSpace.Udp, external, Now, out _);
            }
        }

        Assert.Equal(50, rooms);
        for (uint host = 2; host < 200; host++)
        {
            Assert.True(table.TryMap(Key(host, PortSpace.Udp, 4000), TcpFlags.None, Now, out _, out var isEvicted), $"Host {host} has room.");
            Assert.Equal(host >= 52, isEvicted);
        }
    }

    [Fact]
    public void A_flood_of_invented_hosts_takes_at_most_one_answered_mapping_of_a_set()
    {
        var table = new MappingTable(1024, _time, new Random(1));
        var (known, lost) = (new List<(MappingKey Key, ushort Port)>(), 0);
        for (var port = 1024; port < 20_000; port++)
        {
            var key = Key(1, PortSpace.Udp, (ushort)port);
            if (table.TryMap(key, TcpFlags.None, Now, out var external, out _) && table.TryFind(PortSpace.Udp, external, Now, out _))
            {
                known.Add((key, external));
            }
        }

        for (uint host = 1000; host < 60_000; host++)
        {
            table.TryMap(Key(host, PortSpace.Udp, (ushort)host), TcpFlags.None, Now, out _, out _);
        }

        lost = known.Count(one => !table.TryPeek(one.Key, Now, out _));
        Assert.Equal(1024, known.Count);
        Assert.InRange(lost, 1, 1024 / 16);
    }

    [Fact]
    public void All_ports_in_use_is_counted()
    {
        using var nat = Nats.Start(Nats.Masquerade(), new TestStageContext(_time));
        for (var host = 1; host < 600; host++)
        {
            nat.Outbound(PacketBuilder.Ipv4($"192.168.{host >> 8}.{host & 255}", Server).Tcp(700, 80, TcpFlags.Syn).Build());
        }

        Assert.InRange(nat.Context.Count("table-full"), 600 - 514, 600 - 500);
    }

    [Fact]
    public void Lanes_share_their_mappings_and_a_successor_keeps_them()
    {
        var contexts = TestStageContext.ForLanes(2, _time);
        using var first = Nats.Start(Nats.Masquerade(), contexts[0]);
        using var second = Nats.Start(Nats.Masquerade(), contexts[1]);
        first.Out(PacketBuilder.Ipv4("192.168.1.5", Server).Udp(4000, 53));
        Assert.Equal(PacketBuilder.Ipv4(Server, "192.168.1.5").Udp(53, 4000).Build(), second.In(PacketBuilder.Ipv4(Server, Nats.Shared).Udp(53, 4000)));

        using var later = Nats.Start(Nats.Masquerade(), contexts[0].Successor());
        Assert.Equal(PacketBuilder.Ipv4(Server, "192.168.1.5").Udp(53, 4000).Build(), later.In(PacketBuilder.Ipv4(Server, Nats.Shared).Udp(53, 4000)));
        using var elsewhere = Nats.Start(Nats.Masquerade("10.99.0.2"), contexts[0].Successor());
        Assert.True(elsewhere.Drops(Direction.Inbound, PacketBuilder.Ipv4(Server, "10.99.0.2").Udp(53, 4000), "no-mapping"));
    }

    [Fact]
    public async Task Lanes_may_work_at_once()
    {
        var contexts = TestStageContext.ForLanes(2);
        NatOptions options = Nats.Masquerade(mappings: 64);
        using var first = Nats.Start(options, contexts[0]);
        using var second = Nats.Start(options, contexts[1]);
        await Task.WhenAll(new[] { first, second }.Select((lane, index) => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                var host = $"192.168.{index}.{1 + (i % 7)}";
                var result = lane.Outbound(PacketBuilder.Ipv4(host, Server).Udp((ushort)(2000 + (i % 97)), 53).Build());
                if (result.Passed.Count == 1)
                {
                    IpView.TryParse(result.Single(), out var ip);
                    lane.Inbound(PacketBuilder.Ipv4(Server, Nats.Shared).Udp(53, ip.SourcePort).Build());
                }
            }
        })));
        Assert.InRange((int)first.Stage.GetStatus()["mappings"]!["udp"]!, 1, 64);
    }

    [Fact]
    public void The_status_counts_mappings()
    {
        using var nat = Nats.Start(Nats.Masquerade(), new TestStageContext(_time));
        nat.Out(PacketBuilder.Ipv4("192.168.1.5", Server).Udp(4000, 53));
        nat.Out(PacketBuilder.Ipv4("192.168.1.5", Server).Ping(1, 1));
        var expected = JsonNode.Parse("""{"mappings":{"tcp":0,"udp":1,"echo":1,"capacity":65536}}""");
        Assert.True(JsonNode.DeepEquals(expected, nat.Stage.GetStatus()), nat.Stage.GetStatus().ToJsonString());
    }

    [Fact]
    public void The_mappings_are_listed()
    {
        using var nat = Nats.Start(Nats.Masquerade(), new TestStageContext(_time));
        nat.Out(PacketBuilder.Ipv4("192.168.1.5", Server).Udp(4000, 53));
        nat.Out(PacketBuilder.Ipv4("192.168.1.5", Server).Ping(7, 1));
        var flow = Assert.Single(nat.Stage.ListFlows((key, direction) => direction == Direction.Outbound && key.SourcePort == 4000));
        Assert.Equal(
            """{"protocol":"udp","source":"192.168.1.5:4000","destination":"any","direction":"outbound","state":"one-way","seconds-left":300,"external-port":4000}""",
            flow.ToJsonString());
    }

    private long Now => _time.GetTimestamp();

    private static MappingKey Key(uint host, PortSpace space, ushort port) =>
        new(new IPAddress([192, (byte)(host >> 16), (byte)(host >> 8), (byte)host]).GetAddressBytes(), space, port);

    // What both directions say of every mapping that was ever made: a port leads back to its host, or the mapping is gone.
    private void Check(MappingTable table, Dictionary<(uint Host, ushort Port), ushort> model)
    {
        var owners = new Dictionary<ushort, (uint, ushort)>();
        foreach (var (host, _) in model)
        {
            var key = Key(host.Host, PortSpace.Udp, host.Port);
            if (table.TryPeek(key, Now, out var external))
            {
                Assert.True(owners.TryAdd(external, host), $"Port {external} has two hosts.");
                Assert.Equal(model[host], external);
                Assert.True(table.TryFind(PortSpace.Udp, external, Now, out var back) && back.Is(key));
            }
        }
    }
}
