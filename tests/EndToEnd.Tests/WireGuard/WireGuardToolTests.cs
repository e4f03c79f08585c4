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
        Assert.NotEqual(0, _link.Ours.TryRun($"wg set {ours.Device} fwmark 7").ExitCode);
    }

    public void Dispose() => _link.Dispose();
}
