using System.Diagnostics;
using System.Net;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>A reload with changed options: keys and peers become those of the file, and whoever did not change notices nothing.</summary>
public sealed class ReloadTests
{
    private const int ManyPeers = 10_000;

    [Fact]
    public void A_peer_that_is_added_removed_or_changed_costs_no_other_peer_a_packet_or_a_session()
    {
        var others = Enumerable.Range(0, ManyPeers).Select(Other).ToArray();
        using var pair = new TunnelPair(right: options => options with { Peers = [.. options.Peers, .. others] });
        pair.Connect();
        var options = pair.Right.Options;
        PeerOptions[][] versions =
        [
            [.. options.Peers, Other(ManyPeers)],
            [.. options.Peers.SkipLast(1)],
            [.. options.Peers.SkipLast(1), options.Peers[^1] with { AllowedIps = [IPNetwork.Parse("10.200.0.0/16")], Keepalive = TimeSpan.FromSeconds(25) }],
        ];
        var delivered = pair.Left.Delivered.Count + pair.Right.Delivered.Count;
        pair.Crossed.Clear();
        foreach (var peers in versions)
        {
            var began = Stopwatch.GetTimestamp();
            pair.Right.Reload(options with { Peers = peers });
            TestContext.Current.TestOutputHelper?.WriteLine($"{peers.Length} peers: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");
            Assert.Equal(peers.Select(peer => peer.PublicKey).ToHashSet(), pair.Right.Tunnel.Peers.Snapshot.Select(peer => peer.Key).ToHashSet());
            pair.Send(pair.Right, Inner.Packet("10.0.0.2", "10.0.0.1"));
            pair.Send(pair.Left, Inner.Packet("10.0.0.1", "10.0.0.2"));
        }

        // Every packet crossed in the session that was there before: no handshake.
        Assert.Equal(delivered + (2 * versions.Length), pair.Left.Delivered.Count + pair.Right.Delivered.Count);
        Assert.All(pair.Crossed, crossed => Assert.Equal((byte)MessageType.Transport, crossed.Bytes[0]));
    }

    [Fact]
    public void A_changed_private_key_is_used_from_the_reload_on()
    {
        using var pair = new TunnelPair().Connect();
        var (key, publicKey) = End.NewKey();
        // An initiation must be newer than the one before.
        pair.Wait(TimeSpan.FromSeconds(6));
        pair.Right.Reload(pair.Right.Options with { PrivateKey = key });
        Assert.Equal(publicKey.ToArray(), pair.Right.Tunnel.Local.Identity.PublicKey.ToArray());
        pair.Left.Reload(pair.Left.Options with { Peers = [pair.Left.Options.Peers[0] with { PublicKey = publicKey }] });
        var before = pair.Right.Delivered.Count;
        pair.Send(pair.Left, Inner.Packet("10.0.0.1", "10.0.0.2"));
        Assert.Equal(before + 1, pair.Right.Delivered.Count);
    }

    [Fact]
    public void A_learned_endpoint_stays_and_a_configured_one_that_changes_is_used()
    {
        using var pair = new TunnelPair().Connect();
        pair.Right.Reload(pair.Right.Options with { RekeyAfter = TimeSpan.FromSeconds(60) });
        Assert.Equal(pair.Left.Address, pair.Right.Peer.Endpoint.Current);
        Assert.Equal(pair.Right.Tunnel.Local.Clock.Ticks(TimeSpan.FromSeconds(60)), pair.Right.Tunnel.Local.RekeyAfterTicks);
        pair.Left.Reload(pair.Left.Options with { Peers = [pair.Left.Options.Peers[0] with { Endpoint = End.Way("192.0.2.9:51820") }] });
        Assert.Equal(End.At("192.0.2.9:51820"), pair.Left.Peer.Endpoint.Current);
    }

    [Fact]
    public void A_prefix_moves_from_one_peer_to_another()
    {
        var prefix = IPNetwork.Parse("10.9.0.0/16");
        using var pair = new TunnelPair(right: options => options with { Peers = [.. options.Peers, Other(1) with { AllowedIps = [prefix] }] });
        pair.Connect();
        PeerOptions[] peers = [.. pair.Right.Options.Peers];
        peers[0] = peers[0] with { AllowedIps = [.. peers[0].AllowedIps, prefix] };
        peers[1] = peers[1] with { AllowedIps = [] };
        pair.Right.Reload(pair.Right.Options with { Peers = peers });
        var before = pair.Left.Delivered.Count;
        pair.Left.Reload(pair.Left.Options with { Peers = [pair.Left.Options.Peers[0] with { AllowedIps = [IPNetwork.Parse("10.0.0.0/8")] }] });
        pair.Send(pair.Right, Inner.Packet("10.0.0.2", "10.9.1.1"));
        Assert.Equal(before + 1, pair.Left.Delivered.Count);
    }

    [Fact]
    public void Status_marks_peers_that_the_file_does_not_have_and_a_reload_removes_them()
    {
        using var pair = new TunnelPair().Connect();
        var stranger = Key(7);
        pair.Right.Tunnel.Peers.Add(stranger);
        pair.Right.Tunnel.Peers.Publish();
        var peers = pair.Right.Harness.Stage.GetStatus()["peers"]!.AsArray();
        Assert.Equal([true, false], peers.Select(peer => (bool)peer!["in-file"]!));
        pair.Right.Reload(pair.Right.Options with { RekeyAfter = TimeSpan.FromSeconds(60) });
        Assert.True((bool)Assert.Single(pair.Right.Harness.Stage.GetStatus()["peers"]!.AsArray())!["in-file"]!);
    }

    [Fact]
    public void Another_suite_is_another_tunnel()
    {
        using var pair = new TunnelPair().Connect();
        var old = pair.Right.Tunnel;
        pair.Right.Reload(pair.Right.Options with { Suite = Culvert.Plugins.Encrypt.WireGuard.Suites.SuiteName.Aes256Gcm });
        Assert.NotSame(old, pair.Right.Tunnel);
    }

    private static PeerOptions Other(int number) => new()
    {
        PublicKey = Key(number),
        AllowedIps = [new IPNetwork(new IPAddress([10, (byte)(100 + (number >> 16)), (byte)(number >> 8), (byte)number]), 32)],
    };

    private static PublicKey Key(int number)
    {
        var bytes = new byte[32];
        BitConverter.TryWriteBytes(bytes, number + 1);
        bytes[31] = 0x40;
        return new PublicKey(bytes);
    }
}
