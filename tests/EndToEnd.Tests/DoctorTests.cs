using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>
/// <c>culvert doctor</c> at two gateways that run: nothing for a healthy pair, and the cause by name for each fault.
/// <code>
/// left 198.51.100.1, 10.99.0.1 ══ right 198.51.100.2, 10.99.0.2, with a network 10.80.0.0/24 behind it
/// </code>
/// </summary>
public sealed class DoctorTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-e2e-");
    private readonly (string Private, string Public) _leftKey;
    private readonly (string Private, string Public) _rightKey;
    private readonly NetworkNamespace _left;
    private readonly NetworkNamespace _right;
    private readonly List<RunningProgram> _programs = [];

    public DoctorTests()
    {
        Requires.TunDevice();
        Requires.Tool("ping");
        Requires.Tool("nft");
        (_leftKey, _rightKey) = (TwoSites.NewKey(), TwoSites.NewKey());
        (_left, _right) = (NetworkNamespace.Create(), NetworkNamespace.Create());
        NetworkNamespace.Connect(_left, "wan0", _right, "wan0");
        _left.Run("ip addr add 198.51.100.1/24 dev wan0");
        _right.Run("ip addr add 198.51.100.2/24 dev wan0");
        _right.Run("ip link add lan0 type veth peer name lan1");
        _right.Run("ip link set lan0 up");
        _right.Run("ip link set lan1 up");
        _right.Run("ip addr add 10.80.0.1/24 dev lan0");
        SetForwarding(1);
    }

    public void Dispose()
    {
        _programs.ForEach(program => program.Dispose());
        _left.Dispose();
        _right.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void A_healthy_pair_has_no_problem_and_each_fault_is_named()
    {
        Start(_left, "left");
        Start(_right, "right");
        Eventually.True(() => _left.TryRun("ping -n -q -c 1 -W 1 10.80.0.1").ExitCode == 0, _limit, Said);

        foreach (var (space, name) in new[] { (_left, "left"), (_right, "right") })
        {
            var healthy = Examine(space, name);
            Assert.True(healthy.ExitCode == 0, $"{name}: {healthy.Output}{healthy.Error}");
            Assert.Contains("nothing found", healthy.Output, StringComparison.Ordinal);
        }

        SetForwarding(0);
        AssertNamed(_right, "right", "forwarding: ", "net.ipv4.ip_forward is 0");
        SetForwarding(1);

        _right.Run("nft add table inet t");
        _right.TryRun(_limit, "nft", "add chain inet t i { type filter hook input priority 0; }").Succeeded();
        _right.TryRun(_limit, "nft", "add rule inet t i udp dport 51820 counter drop").Succeeded();
        AssertNamed(_right, "right", "firewall: ", "the firewall drops datagrams to UDP port 51820");
        _right.Run("nft delete table inet t");

        // Only one end has a preshared key: its handshakes fail at once.
        _left.TryRun(_limit, CulvertProgram.Path, "stop", File("left")).Succeeded();
        Start(_left, "left", presharedKey: TwoSites.NewKey().Private);
        _left.TryRun("ping -n -q -c 1 -W 1 10.80.0.1");
        AssertNamed(_left, "left", "rejections: ", "compare suite and preshared key of both ends");
    }

    private void AssertNamed(NetworkNamespace space, string name, string check, string words)
    {
        CommandResult? found = null;
        Eventually.True(
            () => (found = Examine(space, name)).Output.Contains($"\n{check}", StringComparison.Ordinal), _limit, () => $"{found?.Output}{found?.Error}{Said()}");
        Assert.Contains(words, found!.Output, StringComparison.Ordinal);
        Assert.Equal(3, found.ExitCode);
    }

    private CommandResult Examine(NetworkNamespace space, string name) => space.TryRun(_limit, CulvertProgram.Path, "doctor", File(name));

    private void SetForwarding(int value) =>
        _right.Invoke(() => System.IO.File.WriteAllText("/proc/sys/net/ipv4/ip_forward", $"{value}"));

    private string Said() => string.Concat(_programs.Select(program => program.Said));

    private string File(string name) => Path.Combine(_folder.FullName, name, "site.yaml");

    private void Start(NetworkNamespace space, string name, string? presharedKey = null)
    {
        var isLeft = name == "left";
        var folder = _folder.CreateSubdirectory(name).FullName;
        WriteKey(Path.Combine(folder, "site.key"), isLeft ? _leftKey.Private : _rightKey.Private);
        if (presharedKey is not null)
        {
            WriteKey(Path.Combine(folder, "site.psk"), presharedKey);
        }

        System.IO.File.WriteAllText(File(name), $"""
            stages:
              - stage: tun
                device: culvert0
                addresses: [{(isLeft ? "10.99.0.1/32" : "10.99.0.2/32")}]
                routes: [{(isLeft ? "10.99.0.2/32, 10.80.0.0/24" : "10.99.0.1/32")}]
              - stage: encrypt
                private-key-file: site.key
                peers:
                  - public-key: {(isLeft ? _rightKey.Public : _leftKey.Public)}
                    {(presharedKey is null ? "" : "preshared-key-file: site.psk")}
                    endpoint: {(isLeft ? "198.51.100.2" : "198.51.100.1")}:51820
                    allowed-ips: [{(isLeft ? "10.99.0.2/32, 10.80.0.0/24" : "10.99.0.1/32")}]
              - stage: udp
                listen: 0.0.0.0:51820
                path-mtu: 1500
            """);
        var program = new RunningProgram(space.Start(CulvertProgram.Path, "run", File(name)));
        _programs.Add(program);
        Eventually.True(
            () => program.Error.Contains("Inside the tunnel", StringComparison.Ordinal) || program.HasExited, _limit, () => program.Said);
    }

    private static void WriteKey(string file, string key)
    {
        System.IO.File.WriteAllText(file, key);
        System.IO.File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
