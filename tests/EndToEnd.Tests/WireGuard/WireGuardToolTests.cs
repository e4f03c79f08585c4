namespace EndToEnd.Tests.WireGuard;

/// <summary>WireGuard's own tool, <c>wg</c>, on our device.</summary>
public sealed class WireGuardToolTests : IDisposable
{
    private readonly WireGuardLink _link = new();

    [Fact]
    public void Wg_sets_and_syncs_our_peers_and_shows_them()
    {
        using var ours = _link.Culvert();
        using var theirs = _link.WireGuardGo();
        ours.Start();
        theirs.WithPeer(ours, "10.99.0.1/32").Start();

        _link.Ours.Run($"wg set {ours.Device} peer {theirs.PublicKey} allowed-ips 10.99.0.2/32,10.81.0.0/16 endpoint 192.0.2.2:51820 persistent-keepalive 25");
        ours.PingUntilAnswered("10.99.0.2");
        Assert.Equal(ours.PublicKey, ours.Show("public-key").Trim());
        Assert.Equal($"{theirs.PublicKey}\t10.99.0.2/32 10.81.0.0/16", ours.Show("allowed-ips").Trim());
        Assert.Equal($"{theirs.PublicKey}\t25", ours.Show("persistent-keepalive").Trim());
        Assert.True(ours.LatestHandshake(theirs.PublicKey) > 0);

        var folder = Directory.CreateTempSubdirectory("culvert-wg-");
        var file = Path.Combine(folder.FullName, "wg.conf");
        var shown = _link.Ours.Run($"wg showconf {ours.Device}");
        Assert.Contains("PersistentKeepalive = 25", shown);
        Assert.Contains($"ListenPort = {WireGuardLink.Port}", shown);
        File.WriteAllText(file, shown.Replace("10.81.0.0/16", "10.82.0.0/16", StringComparison.Ordinal));
        _link.Ours.Run($"wg syncconf {ours.Device} {file}");
        folder.Delete(recursive: true);
        Assert.Contains("10.82.0.0/16", ours.Show("allowed-ips"));
        ours.PingUntilAnswered("10.99.0.2");

        _link.Ours.Run($"wg set {ours.Device} peer {theirs.PublicKey} remove");
        Assert.Equal("", ours.Show("peers").Trim());
    }

    [Fact]
    public void Wg_moves_an_idle_end_to_another_port_and_marks_what_it_sends()
    {
        using var ours = _link.Culvert();
        using var theirs = _link.WireGuardGo();
        ours.Start();
        theirs.WithPeer(ours, "10.99.0.1/32").Start();
        _link.Ours.Run($"wg set {ours.Device} peer {theirs.PublicKey} allowed-ips 10.99.0.2/32");

        _link.Ours.Run($"wg set {ours.Device} listen-port 4242 fwmark 0x77");
        Assert.Equal("4242", ours.Show("listen-port").Trim());
        Assert.Equal("0x77", ours.Show("fwmark").Trim());
        // Nothing has woken the loops of our end since, when the first datagram arrives at the new port.
        _link.Theirs.Run($"wg set {theirs.Device} peer {ours.PublicKey} endpoint 192.0.2.1:4242");
        _link.Theirs.Run("ping -c 1 -W 5 10.99.0.1");
        Assert.Contains("192.0.2.1:4242", theirs.Show("endpoints"), StringComparison.Ordinal);
        // With a route for the mark alone, the answers take it: into nothing.
        _link.Ours.Run("ip rule add fwmark 0x77 table 77");
        _link.Ours.Run("ip route add blackhole default table 77");
        Assert.NotEqual(0, _link.Theirs.TryRun("ping -c 1 -W 1 10.99.0.1").ExitCode);
        _link.Ours.Run($"wg set {ours.Device} fwmark off");
        Assert.Equal("off", ours.Show("fwmark").Trim());
        _link.Theirs.Run("ping -c 1 -W 5 10.99.0.1");

        // A port of another program changes nothing.
        using var other = _link.Ours.Invoke(() => new System.Net.Sockets.UdpClient(4343));
        var refused = _link.Ours.TryRun($"wg set {ours.Device} listen-port 4343 fwmark 0x78");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Address already in use", refused.Error, StringComparison.Ordinal);
        Assert.Equal("4242", ours.Show("listen-port").Trim());
        Assert.Equal("off", ours.Show("fwmark").Trim());
        _link.Theirs.Run("ping -c 1 -W 5 10.99.0.1");
    }

    public void Dispose() => _link.Dispose();
}
