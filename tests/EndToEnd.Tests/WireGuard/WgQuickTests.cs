using System.Text;
using System.Text.Json.Nodes;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>
/// The real wg-quick with <c>culvert-wg</c> as its userspace implementation, on a host whose peer is behind its default route:
/// <code>
/// host 192.0.2.1 ── router ── peer 198.51.100.2, which has 203.0.113.9 and 2001:db8:9::9
/// </code>
/// </summary>
public sealed class WgQuickTests : IDisposable
{
    private readonly WgProgram _program;
    private readonly RoutedPair _net;
    private readonly WireGuardGoSite _peer;
    private readonly string _device = WgProgram.NewName();
    private readonly (string Private, string Public) _key = TwoSites.NewKey();
    private readonly string _before;
    private readonly string _file;

    public WgQuickTests()
    {
        Requires.TunDevice();
        foreach (var tool in new[] { "wg-quick", "wg", "wireguard-go", "ping", "nft", "sysctl" })
        {
            Requires.Tool(tool);
        }

        (_program, _net) = (new WgProgram(), new RoutedPair());
        _file = Path.Combine(_program.Folder, _device + ".conf");
        _before = _net.HostState();
        _peer = new WireGuardGoSite(_net.Peer, ["10.99.0.2/24", "fd99::2/64"], 51820);
        _peer.Start();
        _net.Peer.Run($"wg set {_peer.Device} peer {_key.Public} allowed-ips 10.99.0.1/32,fd99::1/128");
    }

    [Fact]
    public void A_default_route_of_both_families_goes_up_works_and_comes_down_without_a_trace()
    {
        Write("Address = 10.99.0.1/24, fd99::1/64", "0.0.0.0/0, ::/0");
        Up();
        Pings("203.0.113.9");
        Pings("2001:db8:9::9");
        Assert.Contains("dev " + _device, _net.Host.Run("ip route get 203.0.113.9"), StringComparison.Ordinal);
        Assert.Contains("not from all fwmark 0xca6c lookup 51820", _net.Host.Run("ip -6 rule"), StringComparison.Ordinal);
        Assert.Equal("0xca6c", _net.Host.Run($"wg show {_device} fwmark").Trim());
        // What goes to a longer route of the main table, goes there.
        _net.Host.Run("ping -c 1 -W 2 192.0.2.254");
        Down();
    }

    [Fact]
    public void Mark_table_mtu_and_port_of_the_file_are_taken_and_saved()
    {
        Write("Address = 10.99.0.1/24\nListenPort = 4242\nFwMark = 0x77\nTable = 1234\nMTU = 1380\nSaveConfig = true", "10.99.0.2/32, 203.0.113.0/24");
        Up();
        Pings("10.99.0.2");
        Assert.Contains("mtu 1380", _net.Host.Run($"ip link show {_device}"), StringComparison.Ordinal);
        Assert.Contains("203.0.113.0/24 dev " + _device, _net.Host.Run("ip route show table 1234"), StringComparison.Ordinal);
        Assert.Equal("0x77", _net.Host.Run($"wg show {_device} fwmark").Trim());
        Assert.Contains("192.0.2.1:4242", _peer.Show("endpoints"), StringComparison.Ordinal);
        // Larger than the plan of 1500 bytes would be: who sets the device's MTU decides.
        _net.Host.Run($"ip link set {_device} mtu 8000");
        Eventually.True(() => PlannedMtu() == 8000, TimeSpan.FromSeconds(15), () => $"The plan stays at {PlannedMtu()} bytes.");

        var more = TwoSites.NewKey().Public;
        _net.Host.Run($"wg set {_device} peer {more} allowed-ips 10.99.0.77/32");
        Down();
        var saved = File.ReadAllText(_file);
        Assert.Contains(more, saved, StringComparison.Ordinal);
        Assert.Contains("FwMark = 0x77", saved, StringComparison.Ordinal);
        Assert.Contains("ListenPort = 4242", saved, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_wg_refuses_leaves_nothing()
    {
        using var other = _net.Host.Invoke(() => new System.Net.Sockets.UdpClient(4343));
        Write("Address = 10.99.0.1/24\nListenPort = 4343", "10.99.0.2/32");
        var up = Quick("up");
        Assert.NotEqual(0, up.ExitCode);
        Assert.Contains("Address already in use", up.Error, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    public void Dispose()
    {
        WgProgram.Remove(_net.Host, _device);
        _peer.Dispose();
        _net.Dispose();
        _program.Dispose();
    }

    private void Write(string settings, string allowedIps)
    {
        File.WriteAllText(_file, $"""
            [Interface]
            PrivateKey = {_key.Private.Trim()}
            {settings}
            [Peer]
            PublicKey = {_peer.PublicKey}
            Endpoint = 198.51.100.2:51820
            AllowedIPs = {allowedIps}

            """, Encoding.ASCII);
        File.SetUnixFileMode(_file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private CommandResult Quick(string what) =>
        _net.Host.TryRun(TimeSpan.FromSeconds(60), "env", $"WG_QUICK_USERSPACE_IMPLEMENTATION={_program.Link}", "wg-quick", what, _file);

    private void Up()
    {
        var up = Quick("up");
        up.Succeeded();
        Assert.Contains(_program.Link, up.Error, StringComparison.Ordinal);
    }

    private void Down()
    {
        Quick("down").Succeeded();
        AssertNothingLeft();
    }

    private void AssertNothingLeft()
    {
        Eventually.True(() => !File.Exists($"/var/run/wireguard/{_device}.sock"), TimeSpan.FromSeconds(20), () => "The socket stays.");
        Assert.Equal(_before, _net.HostState());
        Eventually.True(() => !File.Exists($"/run/culvert-wg/{_device}.yaml"), TimeSpan.FromSeconds(20), () => "The file stays.");
    }

    private int? PlannedMtu() =>
        (int?)JsonNode.Parse(_net.Host.Run($"{CulvertProgram.Path} status {_device} --format json"))!["mtu"];

    private void Pings(string address) => Eventually.True(
        () => _net.Host.TryRun($"ping -c 1 -W 1 {address}").ExitCode == 0, TimeSpan.FromSeconds(15), () => $"{address} does not answer.");
}
