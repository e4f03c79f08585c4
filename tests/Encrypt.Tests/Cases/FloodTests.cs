using System.Globalization;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Handshakes;
using Culvert.Tests.Support;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>
/// A peer that connects during a flood of 200,000 initiations a second from forged sources, on a fake clock: each tick of 5 ms has 1000 of them,
/// the peer's own message somewhere among them. The flood is played around the moments when the peer sends; between them it changes nothing, as
/// the queues are empty after a tick. CULVERT_FLOOD_TRIES sets the number of tries.
/// </summary>
public sealed class FloodTests
{
    private const int MessagesPerTick = 1000;
    private const int TicksBefore = 20;
    private const int TicksAfter = 10;
    private const int TicksOfRepetition = 120;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);
    private static readonly byte[] There = Inner.Packet("10.0.0.1", "10.0.0.2");

    private static int Tries =>
        int.TryParse(Environment.GetEnvironmentVariable("CULVERT_FLOOD_TRIES"), NumberStyles.None, CultureInfo.InvariantCulture, out var tries) ? tries : 2;

    public static TheoryData<string> Kinds => [.. Enum.GetNames<FloodKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_new_peer_connects_within_10_s_of_a_flood(string kind)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            using var tunnel = new TunnelPair();
            var flood = new FloodedEnd(tunnel, Enum.Parse<FloodKind>(kind));
            flood.Play(TicksBefore);
            tunnel.Left.Send(There);
            var began = tunnel.Time.GetUtcNow();
            flood.Play(TicksAfter);
            for (var i = 0; i < 2 && tunnel.Left.Peer.Handshaker.LastCompleted is null; i++)
            {
                // The initiation is repeated after 5 s and up to 334 ms.
                tunnel.Time.Advance(TimeSpan.FromSeconds(4.8));
                flood.Play(TicksOfRepetition);
            }

            Assert.NotNull(tunnel.Left.Peer.Handshaker.LastCompleted);
            Assert.InRange((tunnel.Left.Peer.Handshaker.LastCompleted.Value - began).TotalSeconds, 0, 10);
            Assert.Equal(0, tunnel.Right.Context.Count("no-memory"));
        }
    }

    [Fact]
    public void A_message_without_a_valid_mac1_takes_no_place_and_no_memory()
    {
        using var tunnel = new TunnelPair();
        var right = tunnel.Right;
        var gate = new HandshakeGate(right.Tunnel.Local, right.Tunnel.Peers.Indexes, right.Tunnel.Receiver);
        var message = Flood.Message(right, FloodKind.Nothing);
        DatagramEndpoint[] sources = [.. Enumerable.Range(0, 10_000).Select(_ => Flood.Source())];
        var (delivered, now) = (0, tunnel.Time.GetTimestamp());
        SteadyState.AllocatesNothing(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 10_000; i++)
            {
                delivered += gate.TryDeliver(message, sources[i], now) ? 1 : 0;
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.Equal(0, delivered % 10_000);
        Assert.Equal(delivered, right.Context.Count("handshakes-rejected"));
        Assert.Equal(0, right.Context.Count("handshake-overflow"));
    }

    [Fact]
    public void A_flood_from_few_sources_costs_few_answers_and_delays_nobody()
    {
        using var tunnel = new TunnelPair();
        var (right, left) = (tunnel.Right, tunnel.Left);
        right.Tunnel.Receiver.AlwaysUnderLoad = true;
        var message = Flood.Message(right, FloodKind.Mac1);
        for (var i = 0; i < 100_000; i++)
        {
            right.Receive(message, End.At("198.51.100.1:1"));
        }

        tunnel.Send(left, There);
        tunnel.Wait(TimeSpan.FromMilliseconds(50), Tick);

        Assert.Equal(1, left.Context.Count("cookies-received"));
        // One as a source, one as its address and port, and the burst but what found no place; and the peer's.
        Assert.Equal(1 + SourceQuota.OtherBurst + 1, right.Context.Count("cookies-sent"));
        Assert.Equal(100_000 - 2 - SourceQuota.OtherBurst, right.Context.Count("handshakes-rejected"));
    }

    [Fact]
    public void An_answer_to_nothing_that_was_sent_takes_no_place()
    {
        using var tunnel = new TunnelPair();
        var reply = new byte[64];
        reply[0] = 3;

        for (var i = 0; i < 5000; i++)
        {
            tunnel.Right.Receive(reply, tunnel.Left.Address);
        }

        Assert.Equal(0, tunnel.Right.Context.Count("handshake-overflow"));
        Assert.Equal(5000, tunnel.Right.Context.Count("handshakes-rejected"));
    }

    [Fact]
    public void The_rings_are_served_four_and_two_and_one_of_seven_times()
    {
        var inbox = new HandshakeInbox();
        var source = End.At("192.0.2.1:1");
        for (var i = 0; i < 16; i++)
        {
            inbox.TryAdd([0], source, InboxPlace.Proven, out _);
            inbox.TryAdd([1], source, InboxPlace.Rare, out _);
            inbox.TryAdd([2], source, InboxPlace.Other, out _);
        }

        var order = new List<byte>();
        var buffer = new byte[256];
        while (inbox.TryTake(buffer, out _, out _, out _))
        {
            order.Add(buffer[0]);
        }

        Assert.Equal([8, 4, 2], Enumerable.Range(0, 3).Select(ring => order.Take(14).Count(taken => taken == ring)));
        Assert.Equal(48, order.Count);
    }

    private sealed class FloodedEnd(TunnelPair tunnel, FloodKind kind)
    {
        private readonly HandshakeGate _gate = new(tunnel.Right.Tunnel.Local, tunnel.Right.Tunnel.Peers.Indexes, tunnel.Right.Tunnel.Receiver);
        private readonly byte[][] _messages = [.. Enumerable.Range(0, 256).Select(_ => Flood.Message(tunnel.Right, kind))];

        public void Play(int ticks)
        {
            for (var tick = 0; tick < ticks && tunnel.Left.Peer.Handshaker.LastCompleted is null; tick++)
            {
                tunnel.Time.Advance(Tick);
                var datagrams = tunnel.Left.Serve();
                var place = Random.Shared.Next(MessagesPerTick);
                for (var i = 0; i < MessagesPerTick; i++)
                {
                    if (i == place)
                    {
                        foreach (var datagram in datagrams)
                        {
                            tunnel.Right.Receive(datagram.Bytes, tunnel.Left.Address);
                        }
                    }

                    _gate.TryDeliver(_messages[i % _messages.Length], Flood.Source(), tunnel.Time.GetTimestamp());
                }

                foreach (var answer in tunnel.Right.Serve().Where(datagram => datagram.Endpoint == tunnel.Left.Address))
                {
                    tunnel.Left.Receive(answer.Bytes, tunnel.Right.Address);
                }
            }
        }
    }
}
