using System.Text.Json.Nodes;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>Handshakes that are refused: the end that knows the reason says it, once a minute, and counts every one.</summary>
public sealed class RefusalTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly byte[] There = Inner.Packet("10.0.0.1", "10.0.0.2");

    [Fact]
    public void A_public_key_that_no_peer_has_is_shown()
    {
        using var tunnel = new TunnelPair(right: WithAnotherPeer);
        var caller = new PublicKey(tunnel.Left.Tunnel.Local.Identity.PublicKey);

        AssertOneLineAMinute(
            tunnel, "unknown-peer",
            $"192.0.2.1:51820: handshake refused: no peer has the public key {caller.ToShortString()}; add it to peers");
    }

    [Fact]
    public void A_caller_with_another_public_key_of_this_end_is_told_so()
    {
        using var tunnel = new TunnelPair(left: WithAnotherPeer);
        var own = new PublicKey(tunnel.Right.Tunnel.Local.Identity.PublicKey);

        AssertOneLineAMinute(
            tunnel, "mac1",
            $"192.0.2.1:51820: handshake refused: mac1 is wrong, so the caller has another public key for this end; write this end's public key {own.ToShortString()}");
    }

    [Fact]
    public void A_caller_with_another_suite_is_told_so()
    {
        using var tunnel = new TunnelPair(left: o => o with { Suite = SuiteName.Aes256Gcm });

        AssertOneLineAMinute(tunnel, "invalid", "most likely uses suite aes-256-gcm, but this end has suite wireguard");
        Assert.Contains("suite aes-256-gcm", LastFailure(tunnel.Right));
    }

    [Fact]
    public void Who_knows_only_public_keys_cannot_write_a_peers_failure()
    {
        using var tunnel = new TunnelPair(left: o => o with { Suite = SuiteName.Aes256Gcm }) { IsConnected = false };
        tunnel.Send(tunnel.Left, There);
        var forged = tunnel.Crossed[0].Bytes.ToArray();

        // The timestamp alone proves who wrote the message; everything else is made of public keys.
        var signed = forged.Length - (2 * MessageLayout.MacSize);
        forged[signed - 1] ^= 1;
        Blake2s.Mac(forged.AsSpan(signed, MessageLayout.MacSize), tunnel.Right.Tunnel.Local.Mac1Key, forged.AsSpan(0, signed));
        tunnel.Right.Receive(forged, End.At("198.51.100.1:1"));
        tunnel.Settle();

        Assert.Null(LastFailure(tunnel.Right));
        Assert.Contains("198.51.100.1:1: handshake refused: an initiation with a valid mac1 cannot be read with any suite", Assert.Single(Warnings(tunnel.Right)));
    }

    [Fact]
    public void Different_preshared_keys_are_named_at_the_end_that_cannot_read_the_response()
    {
        using var tunnel = new TunnelPair(left: o => o with { Peers = [o.Peers[0] with { PresharedKey = End.NewKey().Private }] });
        Call(tunnel, 50);

        var lines = Warnings(tunnel.Left);
        Assert.Equal(2, lines.Length);
        Assert.Contains("at 192.0.2.2:51820: response cannot be read; check that both ends have the same preshared key", lines[0]);
        // The report of the silence repeats what is known instead of guessing.
        Assert.Contains("no answer to handshake initiations for 15 s; response cannot be read", lines[1]);
        Assert.Contains("preshared key", LastFailure(tunnel.Left));
    }

    [Fact]
    public void A_timestamp_that_is_not_newer_is_named()
    {
        using var tunnel = new TunnelPair().Connect();
        var initiation = tunnel.Crossed[0].Bytes;

        for (var i = 0; i < 61; i++)
        {
            tunnel.Right.Receive(initiation, tunnel.Left.Address);
            tunnel.Wait(Second, Second);
        }

        Assert.Equal(61, tunnel.Right.Context.Count("handshakes-rejected"));
        var lines = Warnings(tunnel.Right);
        Assert.Equal(2, lines.Length);
        Assert.Contains("is not newer than its last one; check that its clock did not go back", lines[0]);
        Assert.Contains("clock", LastFailure(tunnel.Right));
    }

    [Fact]
    public void A_response_that_is_not_awaited_is_not_taken_for_a_wrong_preshared_key()
    {
        using var tunnel = new TunnelPair().Connect();
        var response = tunnel.Crossed.First(message => message.From == tunnel.Right).Bytes;

        tunnel.Left.Receive(response, tunnel.Right.Address);
        tunnel.Settle();

        Assert.Equal(1, tunnel.Left.Context.Count("handshakes-rejected"));
        Assert.Empty(Warnings(tunnel.Left));
        Assert.Null(LastFailure(tunnel.Left));
    }

    private static EncryptOptions WithAnotherPeer(EncryptOptions options) =>
        options with { Peers = [options.Peers[0] with { PublicKey = End.NewKey().Public }] };

    private static void AssertOneLineAMinute(TunnelPair tunnel, string reason, string expected)
    {
        Call(tunnel, 50);
        Assert.Contains(expected, Assert.Single(Warnings(tunnel.Right)));
        Assert.InRange(Rejected(tunnel.Right, reason), 8, 12);

        Call(tunnel, 60);
        Assert.Equal(2, Warnings(tunnel.Right).Length);
    }

    private static void Call(TunnelPair tunnel, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            tunnel.Send(tunnel.Left, There);
            tunnel.Wait(Second, Second);
        }
    }

    private static long Rejected(End end, string reason) => end.Context.Counters.All
        .Where(counter => counter.Name == "handshakes-rejected" && counter.Tags.Any(tag => tag.Value?.ToString() == reason)).Sum(counter => counter.Value);

    private static string[] Warnings(End end) =>
        [.. end.Context.Log.Lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal))];

    private static string? LastFailure(End end) =>
        end.Harness.Stage.GetStatus()["peers"]!.AsArray().Single()!["last-failure"] is JsonValue value ? value.ToString() : null;
}
