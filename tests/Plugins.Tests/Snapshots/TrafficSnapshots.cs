using System.Globalization;
using System.Text;
using Culvert.Filtering;
using Culvert.Packets;
using Culvert.Plugins.Dscp;
using Culvert.Plugins.Police;
using Culvert.Stages;
using Culvert.Testing;
using Culvert.Wire;
using Culvert.Wire.Text;
using Microsoft.Extensions.Time.Testing;
using Plugins.Tests.Filtering;
using Plugins.Tests.Translating;
using VerifyXunit;

namespace Plugins.Tests.Snapshots;

/// <summary>What the stages for a site's traffic do, packet by packet, as a person reads it: what changes, what is dropped, what is answered.</summary>
public sealed class TrafficSnapshots
{
    private const string A = "10.0.0.1";
    private const string B = "10.9.0.2";

    [Fact]
    public async Task Filter()
    {
        using var harness = Filters.Start(
            Filters.Of("allow icmp", "allow outbound and tcp dst port 443 as web", "reject tcp port 25", "reject udp port 137"),
            new TestStageContext(new FakeTimeProvider(), id: "filter"));
        await Verifier.Verify(Tell(
            harness,
            ("a connection opens", Direction.Outbound, PacketBuilder.Ipv4(A, B).Tcp(40000, 443, TcpFlags.Syn)),
            ("its answer", Direction.Inbound, PacketBuilder.Ipv4(B, A).Tcp(443, 40000, TcpFlags.Syn | TcpFlags.Ack).Sequence(900, 2)),
            ("an answer that nobody asked for", Direction.Inbound, PacketBuilder.Ipv4(B, A).Tcp(443, 40001, TcpFlags.Syn | TcpFlags.Ack).Sequence(900, 2)),
            ("mail is rejected", Direction.Outbound, PacketBuilder.Ipv4(A, B).Tcp(40000, 25, TcpFlags.Syn)),
            ("a datagram is rejected", Direction.Inbound, PacketBuilder.Ipv4(B, A).Udp(137, 137).Payload(20)),
            ("a datagram over IPv6 is rejected", Direction.Inbound, PacketBuilder.Ipv6().Udp(137, 137).Payload(20)),
            ("the default", Direction.Inbound, PacketBuilder.Ipv4(B, A).Udp(4000, 53)),
            ("flags that no TCP sends", Direction.Outbound, PacketBuilder.Ipv4(A, B).Tcp(40000, 443, TcpFlags.Syn | TcpFlags.Fin)),
            ("out of the window", Direction.Inbound, PacketBuilder.Ipv4(B, A).Tcp(443, 40000).Sequence(3_000_000_000, 2).Payload(10))));
    }

    [Fact]
    public async Task Nat()
    {
        using var map = Nats.Start(Nats.Map(("192.168.1.0/24", "10.1.1.0/24"), ("fd01:203:405::/48", "2001:db8:1::/48")));
        using var masquerade = Nats.Start(Nats.Masquerade());
        var sent = PacketBuilder.Ipv4("192.168.1.5", B).Udp(4000, 53).Payload(8);
        var seen = PacketBuilder.Ipv4(Nats.Shared, B).Udp(4000, 53).Payload(8).Build();
        await Verifier.Verify(
            "map\n\n" + Tell(
                map,
                ("outbound", Direction.Outbound, sent),
                ("inbound", Direction.Inbound, PacketBuilder.Ipv4(B, "10.1.1.5").Tcp()),
                ("IPv6", Direction.Outbound, PacketBuilder.Ipv6("fd01:203:405:1::1234", "2001:db8::9").Udp()),
                ("a subnet that cannot be mapped", Direction.Outbound, PacketBuilder.Ipv6("fd01:203:405:ffff::1", "2001:db8::9").Udp()),
                ("another address", Direction.Outbound, PacketBuilder.Ipv4("192.168.2.5", B).Udp()))
            + "masquerade\n\n" + Tell(
                masquerade,
                ("a host's port is free", Direction.Outbound, sent),
                ("its answer", Direction.Inbound, PacketBuilder.Ipv4(B, Nats.Shared).Udp(53, 4000)),
                ("an error about it", Direction.Inbound, PacketBuilder.Ipv4("10.9.0.254", Nats.Shared).Icmp(3, 1).Payload(seen)),
                ("another port", Direction.Inbound, PacketBuilder.Ipv4(B, Nats.Shared).Udp(53, 4001)),
                ("a protocol without ports", Direction.Outbound, PacketBuilder.Ipv4("192.168.1.5", B).Protocol(IpProtocol.Esp).Payload(8)),
                ("from one host to another", Direction.Outbound, PacketBuilder.Ipv4("192.168.1.6", Nats.Shared).Udp(5000, 4000))));
    }

    [Fact]
    public async Task Dscp()
    {
        Assert.True(PacketFilter.TryParse("udp port 5060", out var match, out _));
        using var harness = StageHarness.Create<DscpStage, DscpOptions>(new() { Set = 46, Match = match });
        await Verifier.Verify(Tell(
            harness,
            ("voice", Direction.Outbound, PacketBuilder.Ipv4().TrafficClass(1).Udp(5060, 5060)),
            ("voice over IPv6", Direction.Inbound, PacketBuilder.Ipv6().TrafficClass(1).FlowLabel(0xABCDE).Udp(5060, 5060)),
            ("voice that is marked already", Direction.Outbound, PacketBuilder.Ipv4().TrafficClass(46 << 2).Udp(5060, 5060)),
            ("other", Direction.Outbound, PacketBuilder.Ipv4().Tcp())));
    }

    [Fact]
    public async Task Police()
    {
        var options = new PoliceOptions { Rate = new(1, IsPackets: true), Burst = new(1000, null), Per = new(false, 32) };
        using var drop = StageHarness.Create<PoliceStage, PoliceOptions>(options, new TestStageContext(new FakeTimeProvider()));
        using var mark = StageHarness.Create<PoliceStage, PoliceOptions>(options with { Exceed = new(8) }, new TestStageContext(new FakeTimeProvider()));
        (string, Direction, PacketBuilder)[] packets =
        [
            ("within the rate", Direction.Outbound, PacketBuilder.Ipv4(A, B).Udp()),
            ("above the rate", Direction.Outbound, PacketBuilder.Ipv4(A, B).Udp()),
            ("another destination", Direction.Outbound, PacketBuilder.Ipv4(A, "10.9.0.3").Udp()),
            ("the other direction", Direction.Inbound, PacketBuilder.Ipv4(A, B).Udp()),
        ];
        await Verifier.Verify("exceed: drop\n\n" + Tell(drop, packets) + "exceed: {mark: 8}\n\n" + Tell(mark, packets));
    }

    private static string Tell<TStage>(StageHarness<TStage> harness, params (string Name, Direction Direction, PacketBuilder Packet)[] steps)
        where TStage : class, IPacketStage
    {
        var text = new StringBuilder();
        foreach (var (name, direction, builder) in steps)
        {
            var packet = builder.Build();
            var result = harness.Run(direction, default, [.. packet]);
            text.Append(CultureInfo.InvariantCulture, $"{name}, {(direction == Direction.Outbound ? "outbound" : "inbound")}\n    packet   {Indent(packet)}\n");
            if (result.Passed.Count == 1)
            {
                var changes = FieldChanges.Compare([.. packet], result.Single());
                text.Append(changes.Any ? $"    changes  {changes}\n" : "    passes\n");
            }

            foreach (var reason in result.Drops.Keys)
            {
                text.Append(CultureInfo.InvariantCulture, $"    dropped  {reason}\n");
            }

            foreach (var emitted in harness.Context.TakeEmitted())
            {
                text.Append(CultureInfo.InvariantCulture, $"    sends    {Indent([.. emitted.Bytes])}\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Indent(byte[] packet) => PacketText.Describe(packet).Replace("\n", "\n         ", StringComparison.Ordinal);
}
