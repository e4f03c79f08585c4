using System.Text.Json.Nodes;

namespace EndToEnd.Tests;

/// <summary>A reload of a running <c>encrypt</c> costs no peer but the changed one a packet or a session.</summary>
public sealed class ReloadedPeersTests : IDisposable
{
    private const int Pings = 600;
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly TwoSites _sites = TwoSites.Start();
    private readonly string _file;

    public ReloadedPeersTests() => _file = File.ReadAllText(_sites.LeftFile);

    private string Folder => Path.GetDirectoryName(_sites.LeftFile)!;

    [Fact]
    public async Task Adding_changing_and_removing_a_peer_costs_another_one_nothing()
    {
        var before = Peers().Single();
        var ping = Task.Run(() => _sites.LeftSpace.TryRun(_limit, "ping", "-n", "-q", "-i", "0.01", "-c", $"{Pings}", TwoSites.RightAddress));
        var added = TwoSites.NewKey().Public;
        WriteSecret("psk", TwoSites.NewKey().Private);
        var reloads = 0;
        do
        {
            Reload(WithPeer(added, "10.99.1.0/24"), peers: 2);
            Reload(WithPeer(added, "10.99.2.0/24", "preshared-key-file: psk"), peers: 2);
            WriteSecret("psk", TwoSites.NewKey().Private);
            Reload(WithPeer(added, "10.99.2.0/24", "preshared-key-file: psk"), peers: 2);
            Reload(_file, peers: 1);
            reloads += 4;
        }
        while (!ping.IsCompleted);

        Assert.Contains($"{Pings} packets transmitted, {Pings} received, 0% packet loss", (await ping).Output, StringComparison.Ordinal);
        var after = Peers().Single();
        Assert.Equal((string?)before["latest-handshake"], (string?)after["latest-handshake"]);
        Assert.Equal(1, Count("initiations-sent") + Count("responses-sent"));
        Assert.InRange(reloads, 4, int.MaxValue);
        _sites.AssertAlive();
    }

    [Fact]
    public void A_changed_key_file_is_noticed_and_an_unchanged_one_changes_nothing()
    {
        var key = Path.Combine(Folder, "site.key");
        var old = File.ReadAllText(key);
        Assert.Equal("Reloaded: kept tun, mss-clamp, checksum-guard, encrypt, udp; changed none; added none; removed none.\n", Reload());

        var (privateKey, publicKey) = TwoSites.NewKey();
        WriteSecret("site.key", privateKey);
        Assert.Contains("changed encrypt;", Reload(), StringComparison.Ordinal);
        Assert.Equal(publicKey, (string?)Encrypt()["public-key"]);

        WriteSecret("site.key", old);
        _sites.Left.Signal("HUP");
        Eventually.True(() => (string?)Encrypt()["public-key"] != publicKey, _limit, () => _sites.Left.Said);
        _sites.WaitForPing();
    }

    public void Dispose() => _sites.Dispose();

    private string WithPeer(string key, string allowedIps, string more = "") => _file.Replace(
        "    peers:\n", $"    peers:\n      - public-key: {key}\n        allowed-ips: [{allowedIps}]\n        {more}\n", StringComparison.Ordinal);

    private void Reload(string file, int peers)
    {
        File.WriteAllText(_sites.LeftFile, file);
        Assert.Contains("changed encrypt; added none; removed none.", Reload(), StringComparison.Ordinal);
        Assert.Equal(peers, Peers().Length);
    }

    private string Reload() => _sites.LeftSpace.TryRun(_limit, CulvertProgram.Path, "reload", _sites.LeftFile).Succeeded();

    private JsonNode Stage() => JsonNode
        .Parse(_sites.LeftSpace.TryRun(_limit, CulvertProgram.Path, "status", _sites.LeftFile, "--format", "json").Succeeded())!["stages"]!.AsArray()
        .Single(stage => (string?)stage!["id"] == "encrypt")!;

    private JsonNode Encrypt() => Stage()["details"]!;

    private JsonNode[] Peers() => [.. Encrypt()["peers"]!.AsArray().OfType<JsonNode>()];

    private long Count(string name) => Stage()["counters"]!.AsArray().Where(counter => (string?)counter!["name"] == name).Sum(counter => (long)counter!["value"]!);

    private void WriteSecret(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
