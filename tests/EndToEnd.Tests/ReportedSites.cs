using System.Globalization;
using System.Text.RegularExpressions;
using Culvert.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>
/// The network of the report that the project starts from, each host a namespace:
/// <code>
/// monitor 172.18.128.9 ── gateway ═══ tunnel ═══ gateway ── web server 10.80.0.112
///                  1500   firewall     1500                9001: offers MSS 8961
/// </code>
/// Each gateway runs the built <c>culvert run</c>. The monitor's has a firewall that drops what conntrack calls invalid, a wrong checksum
/// among it, and counts it.
/// </summary>
internal sealed partial class ReportedSites : IDisposable
{
    public const string WebAddress = "10.80.0.112";
    public const int WebPort = 80;

    private const string Device = "culvert0";
    private const string Monitor = "172.18.128.9";
    private const int JumboMtu = 9001;
    private static readonly TimeSpan _upLimit = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-e2e-");
    private readonly NetworkNamespace _monitorGateway = NetworkNamespace.Create();
    private readonly NetworkNamespace _webGateway = NetworkNamespace.Create();
    private readonly List<RunningProgram> _captures = [];

    private ReportedSites()
    {
    }

    public NetworkNamespace MonitorSpace { get; } = NetworkNamespace.Create();

    public NetworkNamespace WebSpace { get; } = NetworkNamespace.Create();

    public RunningProgram MonitorSite { get; private set; } = null!;

    public RunningProgram WebSite { get; private set; } = null!;

    /// <summary>Sets all up and waits until a ping passes from the monitor to the web server.</summary>
    /// <param name="monitorStages">The stages of the monitor's site between <c>tun</c> and <c>encrypt</c>, as YAML.</param>
    /// <param name="webStages">The same for the web server's site.</param>
    public static ReportedSites Start(string monitorStages, string webStages)
    {
        Requires.TunDevice();
        foreach (var tool in new[] { "ping", "nft", "tcpdump" })
        {
            Requires.Tool(tool);
        }

        var sites = new ReportedSites();
        try
        {
            sites.Connect();
            sites.StartFirewall();
            sites.StartGateways(monitorStages, webStages);
            sites.StartCaptures();
            return sites;
        }
        catch
        {
            sites.Dispose();
            throw;
        }
    }

    /// <summary>How many packets the firewall dropped because conntrack called them invalid.</summary>
    public long DroppedAsInvalid()
    {
        var rules = _monitorGateway.Run("nft list chain inet firewall forward");
        return long.Parse(InvalidCounter().Match(rules).Groups["packets"].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>What the sites wrote to their TUN devices, SYNs only, as <c>tcpdump -vv</c> prints it.</summary>
    /// <param name="atLeast">How many to wait for.</param>
    public IReadOnlyList<string> DeliveredSyns(int atLeast)
    {
        IReadOnlyList<string> Captured() =>
            [.. _captures.SelectMany(capture => capture.Output.Split('\n')).Where(line => line.Contains("cksum", StringComparison.Ordinal))];

        Eventually.True(() => Captured().Count >= atLeast, _upLimit, () => $"{Captured().Count} SYNs were captured, not {atLeast}.");
        return Captured();
    }

    public void Dispose()
    {
        foreach (var program in _captures.Append(MonitorSite).Append(WebSite))
        {
            program?.Dispose();
        }

        foreach (var space in new[] { MonitorSpace, _monitorGateway, _webGateway, WebSpace })
        {
            space.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    [GeneratedRegex(@"ct state invalid counter packets (?<packets>\d+)")]
    private static partial Regex InvalidCounter();

    private void Connect()
    {
        NetworkNamespace.Connect(MonitorSpace, "eth0", _monitorGateway, "lan0");
        NetworkNamespace.Connect(_monitorGateway, "wan0", _webGateway, "wan0");
        NetworkNamespace.Connect(_webGateway, "lan0", WebSpace, "eth0", JumboMtu);
        Address(MonitorSpace, "eth0", Monitor + "/24", gateway: "172.18.128.1");
        Address(_monitorGateway, "lan0", "172.18.128.1/24");
        Address(_monitorGateway, "wan0", "198.51.100.1/24");
        Address(_webGateway, "wan0", "198.51.100.2/24");
        Address(_webGateway, "lan0", "10.80.0.1/24");
        Address(WebSpace, "eth0", WebAddress + "/24", gateway: "10.80.0.1");
        foreach (var gateway in new[] { _monitorGateway, _webGateway })
        {
            gateway.Invoke(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
        }
    }

    private static void Address(NetworkNamespace space, string device, string address, string? gateway = null)
    {
        space.Run($"ip addr add {address} dev {device}");
        if (gateway is not null)
        {
            space.Run($"ip route add default via {gateway}");
        }
    }

    private void StartFirewall()
    {
        foreach (var command in new[]
            {
                "add table inet firewall",
                "add chain inet firewall forward { type filter hook forward priority filter; }",
                "add rule inet firewall forward ct state invalid counter drop",
            })
        {
            _monitorGateway.TryRun(_upLimit, "nft", command).Succeeded();
        }

        // Conntrack judges the checksums of what it is to track.
        _monitorGateway.Invoke(() => File.WriteAllText("/proc/sys/net/netfilter/nf_conntrack_checksum", "1"));
    }

    private void StartGateways(string monitorStages, string webStages)
    {
        var (monitorKey, webKey) = (TwoSites.NewKey(), TwoSites.NewKey());
        MonitorSite = StartGateway(
            _monitorGateway, "monitor", monitorStages, "10.80.0.0/16", monitorKey.Private, webKey.Public, "198.51.100.2");
        WebSite = StartGateway(
            _webGateway, "web", webStages, "172.18.128.0/24", webKey.Private, monitorKey.Public, "198.51.100.1");
        Eventually.True(
            () => MonitorSite.HasExited || WebSite.HasExited || MonitorSpace.TryRun($"ping -n -q -c 1 -W 1 {WebAddress}").ExitCode == 0,
            _upLimit,
            () => "No ping passes.");
        Assert.False(MonitorSite.HasExited, MonitorSite.Said);
        Assert.False(WebSite.HasExited, WebSite.Said);
    }

    private RunningProgram StartGateway(
        NetworkNamespace space, string name, string stages, string route, string privateKey, string peerKey, string peer)
    {
        var folder = _folder.CreateSubdirectory(name).FullName;
        var key = Path.Combine(folder, "site.key");
        File.WriteAllText(key, privateKey);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var file = Path.Combine(folder, "pipeline.yaml");
        File.WriteAllText(file, $"""
            plugin-paths: ["{CulvertProgram.OutputOf("OldClamp")}/OldClamp.dll"]
            control: {name}.sock
            inspect: {"{every: 1}"}
            stages:
              - stage: tun
                device: {Device}
                routes: [{route}]
            {stages}
              - stage: encrypt
                private-key-file: site.key
                peers:
                  - public-key: {peerKey}
                    endpoint: {peer}:51820
                    allowed-ips: [{route}]
              - stage: udp
                listen: 0.0.0.0:51820
                path-mtu: 1500
            """);
        return new RunningProgram(space.Start(CulvertProgram.Path, "run", file));
    }

    /// <summary>Only what comes out of a device is complete: what the kernel hands to one may leave its checksum to the reader.</summary>
    private void StartCaptures()
    {
        foreach (var space in new[] { _monitorGateway, _webGateway })
        {
            var capture = new RunningProgram(space.Start(
                "tcpdump", "-i", Device, "-Q", "in", "-n", "-vv", "-l", "--immediate-mode", "-s", "200", "-B", "8192", "tcp[tcpflags] & tcp-syn != 0"));
            _captures.Add(capture);
            Eventually.True(() => capture.Error.Contains("listening on", StringComparison.Ordinal), _upLimit, () => capture.Said);
        }
    }
}
