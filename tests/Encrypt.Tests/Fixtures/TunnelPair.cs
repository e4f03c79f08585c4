using System.Net;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Culvert.Testing;

namespace Encrypt.Tests.Fixtures;

/// <summary>Two ends and the network between them, on one fake clock. Everything that crosses is kept for tests that replay it.</summary>
internal sealed class TunnelPair : IDisposable
{
    private const int MaxRounds = 100;

    public TunnelPair(
        SuiteName suite = SuiteName.Wireguard, Func<EncryptOptions, EncryptOptions>? left = null,
        Func<EncryptOptions, EncryptOptions>? right = null, bool leftProbes = false, bool rightProbes = false, params IPAddress[] leftAddresses)
    {
        Time = new SettableTime(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var (leftKey, leftPublic) = End.NewKey();
        var (rightKey, rightPublic) = End.NewKey();
        var leftOptions = new EncryptOptions
        {
            PrivateKey = leftKey,
            Suite = suite,
            Peers =
            [
                new PeerOptions
                {
                    PublicKey = rightPublic,
                    Endpoint = End.Way("192.0.2.2:51820"),
                    AllowedIps = [IPNetwork.Parse("10.0.0.2/32"), IPNetwork.Parse("fd00::2/128")],
                },
            ],
        };
        var rightOptions = new EncryptOptions
        {
            PrivateKey = rightKey,
            Suite = suite,
            Peers =
            [
                new PeerOptions { PublicKey = leftPublic, AllowedIps = [IPNetwork.Parse("10.0.0.1/32"), IPNetwork.Parse("fd00::1/128")] },
            ],
        };
        Left = new End(left?.Invoke(leftOptions) ?? leftOptions, Time, End.At("192.0.2.1:51820"), leftProbes, leftAddresses);
        Right = new End(right?.Invoke(rightOptions) ?? rightOptions, Time, End.At("192.0.2.2:51820"), rightProbes);
    }

    public SettableTime Time { get; }

    /// <summary>10.0.0.1, fd00::1; knows where the other end is.</summary>
    public End Left { get; }

    /// <summary>10.0.0.2, fd00::2; learns where the other end is.</summary>
    public End Right { get; }

    /// <summary>Every datagram that crossed, oldest first.</summary>
    public List<(End From, byte[] Bytes)> Crossed { get; } = [];

    /// <summary>When false, datagrams are lost.</summary>
    public bool IsConnected { get; set; } = true;

    /// <summary>Whether a datagram is lost.</summary>
    public Predicate<byte[]> Loses { get; set; } = _ => false;

    /// <summary>Called with each datagram that the left end sends.</summary>
    public Action<EmittedPacket>? Sent { get; set; }

    /// <summary>The largest IP packet on the path from an end, in bytes; larger datagrams are lost unless they may be fragmented.</summary>
    public Dictionary<End, int> Widths { get; } = [];

    /// <summary>Called with each inner packet that an end delivers.</summary>
    public Action<End, byte[]>? Arriving { get; set; }

    /// <summary>Carries datagrams until both ends are quiet.</summary>
    public void Settle(params IEnumerable<(End From, EmittedPacket Datagram)> first)
    {
        var waiting = new Queue<(End From, EmittedPacket Datagram)>(first);
        for (var round = 0; round < MaxRounds; round++)
        {
            while (waiting.TryDequeue(out var next))
            {
                Cross(next.From, next.Datagram);
            }

            foreach (var end in new[] { Left, Right })
            {
                foreach (var datagram in end.Serve())
                {
                    waiting.Enqueue((end, datagram));
                }
            }

            if (waiting.Count == 0)
            {
                return;
            }
        }

        throw new InvalidOperationException("The ends do not come to rest.");
    }

    /// <summary>Sends inner packets from one end and carries on until both are quiet.</summary>
    public void Send(End from, params IEnumerable<byte[]> packets) =>
        Settle([.. packets.SelectMany(packet => from.Send(packet)).Select(datagram => (from, datagram))]);

    /// <summary>Shakes hands by sending one packet from the left, which then is in the right end's Delivered.</summary>
    public TunnelPair Connect()
    {
        Send(Left, Inner.Packet("10.0.0.1", "10.0.0.2"));
        return this;
    }

    /// <summary>Turns the clock in steps, with the ends at work after each.</summary>
    public void Wait(TimeSpan span, TimeSpan? step = null)
    {
        var end = Time.GetUtcNow() + span;
        while (Time.GetUtcNow() < end)
        {
            var next = step ?? TimeSpan.FromMilliseconds(250);
            Time.Advance(next < end - Time.GetUtcNow() ? next : end - Time.GetUtcNow());
            Settle();
        }
    }

    public End Other(End end) => end == Left ? Right : Left;

    public void Dispose()
    {
        Left.Dispose();
        Right.Dispose();
    }

    private void Cross(End from, EmittedPacket datagram)
    {
        Crossed.Add((from, datagram.Bytes));
        if (from == Left)
        {
            Sent?.Invoke(datagram);
        }

        var to = Other(from);
        var fits = datagram.MayFragment || datagram.Bytes.Length + 28 <= Widths.GetValueOrDefault(from, int.MaxValue);
        if (IsConnected && !Loses(datagram.Bytes) && fits && datagram.Endpoint == to.Address)
        {
            foreach (var packet in to.Receive(datagram.Bytes, from.Address).Packets)
            {
                Arriving?.Invoke(to, packet);
            }
        }
    }
}
