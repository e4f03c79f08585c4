namespace EndToEnd.Tests;

/// <summary>What strangers and broken networks may send to a site's port: the tunnel goes on.</summary>
public sealed class BadDatagramTests : IDisposable
{
    private const byte TransportMessage = 4;

    private readonly TwoSites _sites = TwoSites.Start();

    [Fact]
    public void Random_datagrams_do_not_stop_the_tunnel()
    {
        var random = new Random(1);
        var buffer = new byte[2000];
        for (var i = 0; i < 5000; i++)
        {
            var datagram = buffer.AsSpan(0, random.Next(buffer.Length));
            random.NextBytes(datagram);
            // Every second one begins like a message of WireGuard.
            if (i % 2 == 0 && datagram.Length >= 4)
            {
                datagram[0] = (byte)random.Next(1, 5);
                datagram[1..4].Clear();
            }

            _sites.Relay.SendToRight(datagram);
            _sites.Relay.SendToLeft(datagram);
        }

        _sites.AssertAlive();
    }

    [Fact]
    public void Messages_cut_at_every_length_do_not_stop_the_tunnel()
    {
        // From the start on, all kinds crossed the relay: initiation, response, transport messages.
        foreach (var message in _sites.Relay.FromLeft.Concat(_sites.Relay.FromRight).DistinctBy(message => (message[0], message.Length)))
        {
            for (var length = 0; length < message.Length; length++)
            {
                _sites.Relay.SendToRight(message.AsSpan(0, length));
                _sites.Relay.SendToLeft(message.AsSpan(0, length));
            }
        }

        _sites.AssertAlive();
    }

    [Fact]
    public void Replayed_messages_do_not_reach_the_host_again()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.True(_sites.Ping());
        }

        var seen = _sites.Relay.FromLeft.ToArray();
        var before = EchoRequestsReceived();
        for (var round = 0; round < 3; round++)
        {
            foreach (var message in seen)
            {
                _sites.Relay.SendToRight(message);
            }
        }

        // A fresh ping goes behind the replays, so that they have all been looked at when it is answered.
        _sites.AssertAlive();
        Assert.True(seen.Count(message => message[0] == TransportMessage) >= 5);
        Assert.Equal(before + 1, EchoRequestsReceived());
    }

    public void Dispose() => _sites.Dispose();

    private long EchoRequestsReceived()
    {
        var lines = _sites.RightSpace.Run("cat /proc/net/snmp").Split('\n')
            .Where(line => line.StartsWith("Icmp:", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToArray();
        return long.Parse(lines[1][Array.IndexOf(lines[0], "InEchos")], System.Globalization.CultureInfo.InvariantCulture);
    }
}
