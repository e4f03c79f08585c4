using System.Net;

namespace EndToEnd.Tests.WireGuard;

/// <summary>A flood of initiations with a right mac1 at either end, and many peers.</summary>
public sealed class WireGuardLoadTests : IDisposable
{
    private const long MemoryLimit = 400L * 1024 * 1024;

    private readonly WireGuardLink _link = new();

    [Fact]
    public void Under_a_flood_traffic_flows_memory_is_bounded_and_a_new_peer_gets_through()
    {
        using var ours = _link.Culvert();
        using var theirs = _link.WireGuardGo();
        // A port that the kernel gives to none of the flood's sockets.
        using var newcomer = new WireGuardGoSite(_link.Theirs, ["10.99.0.3/24"], 31_820);
        ours.WithPeer(theirs, "10.99.0.2/32", "192.0.2.2:51820").WithPeer(newcomer, "10.99.0.3/32").Start();
        theirs.WithPeer(ours, "10.99.0.1/32").Start();
        ours.PingUntilAnswered("10.99.0.2");
        _link.Ours.Run($"ip route add {FloodSender.SourceNetwork} via 192.0.2.2");

        using (var flood = HandshakeFlood.Start(_link.Theirs, IPEndPoint.Parse("192.0.2.1:51820"), ours.PublicKey))
        {
            newcomer.WithPeer(ours, "10.99.0.1/32", "192.0.2.1:51820").Start();
            // Asked for until it answers: the cookie comes with the first try, the handshake with a later one.
            _link.Theirs.Run($"wg set {newcomer.Device} peer {ours.PublicKey} persistent-keepalive 1");
            WaitForHandshake(newcomer, ours.PublicKey);
            ours.PingUntilAnswered("10.99.0.2");

            ours.Process.Refresh();
            Assert.InRange(ours.Process.WorkingSet64, 0, MemoryLimit);
            Assert.True(flood.Sent > 10_000, $"The flood sent {flood.Sent} messages only.");
        }

        Assert.Contains("cookie response", newcomer.Log, StringComparison.OrdinalIgnoreCase);
        ours.PingUntilAnswered("10.99.0.2");
    }

    [Fact]
    public void We_show_their_cookies_when_they_are_under_load()
    {
        using var ours = _link.Culvert();
        using var theirs = _link.WireGuardGo();
        ours.WithPeer(theirs, "10.99.0.2/32", "192.0.2.2:51820", keepalive: "5s");
        theirs.WithPeer(ours, "10.99.0.1/32").Start();
        _link.Theirs.Run($"ip route add {FloodSender.SourceNetwork} via 192.0.2.1");

        using (HandshakeFlood.Start(_link.Ours, IPEndPoint.Parse("192.0.2.2:51820"), theirs.PublicKey))
        {
            WaitForLog(theirs, "Sending cookie response");
            ours.Start();
            WaitForHandshake(ours, theirs.PublicKey);
        }

        ours.PingUntilAnswered("10.99.0.2");
    }

    [Fact]
    public void A_hundred_peers_are_served_at_once()
    {
        const int Count = 100;
        using var ours = new CulvertSite(_link.Ours, ["10.99.0.1/16"], "0.0.0.0:51820");
        var peers = Enumerable.Range(1, Count)
            .Select(i => new WireGuardGoSite(_link.Theirs, [$"10.99.1.{i}/16"], 52_000 + i)).ToArray();
        try
        {
            _link.Theirs.Run("sysctl -q net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0");
            for (var i = 0; i < Count; i++)
            {
                ours.WithPeer(peers[i], $"10.99.1.{i + 1}/32");
            }

            ours.Start();
            Parallel.ForEach(peers, new ParallelOptions { MaxDegreeOfParallelism = 4 }, peer =>
            {
                peer.WithPeer(ours, "10.99.0.1/32", "192.0.2.1:51820").Start();
                peer.PingUntilAnswered($"-I {peer.Device} 10.99.0.1");
            });

            Assert.Equal(Count, ours.Show("latest-handshakes").Split('\n').Count(line => line.Length > 0 && !line.EndsWith("\t0", StringComparison.Ordinal)));
        }
        finally
        {
            Parallel.ForEach(peers, new ParallelOptions { MaxDegreeOfParallelism = 4 }, peer => peer.Dispose());
        }
    }

    public void Dispose() => _link.Dispose();

    private static void WaitForHandshake(Site site, string publicKey) =>
        WaitFor(() => site.LatestHandshake(publicKey) > 0, () => $"no handshake; {site.Device} says:\n{site.Log}");

    private static void WaitForLog(Site site, string text) =>
        WaitFor(() => site.Log.Contains(text, StringComparison.Ordinal), () => $"'{text}' was not said:\n{site.Log[^Math.Min(2000, site.Log.Length)..]}");

    private static void WaitFor(Func<bool> condition, Func<string> explain)
    {
        for (var i = 0; !condition(); i++)
        {
            if (i == 600)
            {
                throw new TimeoutException(explain());
            }

            Thread.Sleep(100);
        }
    }
}
