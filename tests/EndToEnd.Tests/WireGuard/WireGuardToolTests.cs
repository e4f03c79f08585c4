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
        Assert.Contains("fwmark:0x77", _link.Ours.Run("ss -Huane sport = 4242"), StringComparison.Ordinal);
        _link.Ours.Run($"wg set {ours.Device} fwmark off");
        Assert.Equal("off", ours.Show("fwmark").Trim());
        Assert.DoesNotContain("fwmark", _link.Ours.Run("ss -Huane sport = 4242"), StringComparison.Ordinal);
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

    [Fact]
    public void A_reload_takes_the_peers_of_a_folder_that_came_and_went()
    {
        using var ours = _link.Culvert("peers-from: ${CULVERT_TEST_PEERS}");
        var peers = Directory.CreateTempSubdirectory("culvert-peers-");
        Environment.SetEnvironmentVariable("CULVERT_TEST_PEERS", peers.FullName);
        try
        {
            var (first, second) = (TwoSites.NewKey().Public, TwoSites.NewKey().Public);
            File.WriteAllText(Path.Combine(peers.FullName, "first.yaml"), $"public-key: {first}\nallowed-ips: [10.99.0.2/32]\n");
            ours.Start();
            Assert.Equal(first, ours.Show("peers").Trim());

            File.WriteAllText(Path.Combine(peers.FullName, "second.yaml"), $"- public-key: {second}\n  allowed-ips: [10.99.0.3/32]\n");
            ours.Reload();
            Assert.Equal(new[] { first, second }.Order(), ours.Show("peers").Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());

            File.Delete(Path.Combine(peers.FullName, "first.yaml"));
            ours.Reload();
            Assert.Equal(second, ours.Show("peers").Trim());

            File.WriteAllText(Path.Combine(peers.FullName, "wrong.yaml"), "public-key: no\n");
            var refused = Assert.Throws<InvalidOperationException>(ours.Reload);
            Assert.Contains("wrong.yaml(1,13): error CV1104", refused.Message, StringComparison.Ordinal);
            Assert.Equal(second, ours.Show("peers").Trim());
        }
        finally
        {
            Environment.SetEnvironmentVariable("CULVERT_TEST_PEERS", null);
            peers.Delete(recursive: true);
        }
    }

    public void Dispose() => _link.Dispose();
}
