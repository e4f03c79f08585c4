using System.Globalization;
using System.Text.RegularExpressions;

namespace EndToEnd.Tests.WireGuard;

/// <summary>Our end and Debian's wireguard-go over a real link with real TUN devices.</summary>
public sealed partial class WireGuardInteropTests : IDisposable
{
    private const string TheirPrefixes = "10.99.0.2/32, fd99::2/128";
    private const string OurPrefixes = "10.99.0.1/32, fd99::1/128";
    private const string PresharedKey = "/UwcSPg38hW/D9Y3tcS1FOV0K1wuURMbS0sesJEP5ak=";

    private readonly WireGuardLink _link = new();

    [Theory]
    [InlineData("192.0.2.2:51820")]
    [InlineData("[2001:db8::2]:51820")]
    public void We_begin_with_a_preshared_key_and_both_families_cross(string endpoint)
    {
        using var ours = _link.Culvert();
        using var theirs = _link.WireGuardGo();
        ours.WithPeer(theirs, TheirPrefixes, endpoint, PresharedKey).Start();
        theirs.WithPeer(ours, OurPrefixes, presharedKey: PresharedKey).Start();

        ours.PingUntilAnswered("10.99.0.2");
        ours.PingUntilAnswered("fd99::2");
        theirs.PingUntilAnswered("10.99.0.1");
        theirs.PingUntilAnswered("fd99::1");

        Assert.Equal(0, Lost(ours.Space.Run("ping -c 20 -i 0.01 -s 1372 10.99.0.2")));
        Assert.Contains("handshake complete, we began", ours.Log);
    }

    [Fact]
    public void They_begin_and_we_learn_where_they_are()
    {
        using var ours = _link.Culvert();
        using var theirs = _link.WireGuardGo();
        ours.WithPeer(theirs, TheirPrefixes).Start();
        theirs.WithPeer(ours, OurPrefixes, "192.0.2.1:51820").Start();

        theirs.PingUntilAnswered("fd99::1");
        ours.PingUntilAnswered("10.99.0.2");

        Assert.Contains("handshake complete, the peer began", ours.Log);
        Assert.Contains("192.0.2.2:51820", ours.Show("endpoints"));
    }

    [Fact]
    public void Either_end_may_move_to_another_address()
    {
        using var ours = _link.Culvert();
        using var theirs = _link.WireGuardGo();
        ours.WithPeer(theirs, TheirPrefixes, "192.0.2.2:51820").Start();
        theirs.WithPeer(ours, OurPrefixes).Start();
        ours.PingUntilAnswered("10.99.0.2");

        WireGuardLink.AddAddress(_link.Ours, "192.0.2.101/24");
        _link.Ours.Run("ip addr del 192.0.2.1/24 dev eth0");
        _link.Ours.TryRun("ip addr add 192.0.2.101/24 dev eth0");
        ours.PingUntilAnswered("10.99.0.2");
        Assert.Contains("192.0.2.101:51820", theirs.Show("endpoints"));

        _link.Theirs.Run("ip addr del 192.0.2.2/24 dev eth0");
        WireGuardLink.AddAddress(_link.Theirs, "192.0.2.102/24");
        // wireguard-go keeps to a source address that is gone until something is silent for 15 s, or it binds anew.
        theirs.Space.Run($"wg set {theirs.Device} listen-port 51999");
        theirs.PingUntilAnswered("10.99.0.1");
        Assert.Contains("192.0.2.102:51999", ours.Show("endpoints"));
    }

    [Fact]
    public void Keys_are_renewed_while_traffic_flows_and_nothing_is_lost()
    {
        using var ours = _link.Culvert("rekey-after: 5s");
        using var theirs = _link.WireGuardGo();
        ours.WithPeer(theirs, TheirPrefixes, "192.0.2.2:51820").Start();
        theirs.WithPeer(ours, OurPrefixes).Start();
        ours.PingUntilAnswered("10.99.0.2");

        var pings = ours.Space.Run("ping -c 600 -i 0.02 10.99.0.2");

        Assert.Equal(0, Lost(pings));
        // The pings took 12 s, so the newest handshake is not the first one.
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - ours.LatestHandshake(theirs.PublicKey), 0, 8);
    }

    [Fact]
    public void Either_end_may_be_restarted()
    {
        using var ours = _link.Culvert();
        using var theirs = _link.WireGuardGo();
        ours.WithPeer(theirs, TheirPrefixes, "192.0.2.2:51820").Start();
        theirs.WithPeer(ours, OurPrefixes, "192.0.2.1:51820").Start();
        ours.PingUntilAnswered("10.99.0.2");

        ours.Stop();
        ours.Start();
        ours.PingUntilAnswered("10.99.0.2");

        theirs.Stop();
        theirs.Start();
        theirs.PingUntilAnswered("10.99.0.1");
        ours.PingUntilAnswered("10.99.0.2");
    }

    public void Dispose() => _link.Dispose();

    private static int Lost(string pings)
    {
        var counts = Counts().Match(pings);
        return int.Parse(counts.Groups[1].Value, CultureInfo.InvariantCulture) - int.Parse(counts.Groups[2].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(\d+) packets transmitted, (\d+) received")]
    private static partial Regex Counts();
}
