using System.Globalization;
using System.Reflection;
using Culvert.Host.Output;
using Culvert.Host.WgQuick;
using YamlDotNet.RepresentationModel;

namespace Culvert.Host.Demo;

/// <summary>
/// The two sites' folders: each a key and a pipeline.yaml. The files are the README's, which this program carries, with each site's own
/// addresses, keys and peer.
/// </summary>
internal sealed record DemoSites(string MonitorFile, string GatewayFile)
{
    public const int WireGuardPort = 51820;
    private const string LanPrefix = "10.80.0.0/16";

    /// <summary>Creates keys and writes the files.</summary>
    /// <param name="folder">A private folder.</param>
    public static DemoSites Write(string folder)
    {
        var (monitorKey, gatewayKey) = (X25519Text.New(out var monitorPublicKey), X25519Text.New(out var gatewayPublicKey));
        YamlMappingNode monitorPeer = new(
            "public-key", gatewayPublicKey,
            "endpoint", $"{DemoNetwork.GatewayWanAddress}:{WireGuardPort}",
            "allowed-ips", List($"{DemoNetwork.GatewayTunnelAddress}/32", LanPrefix));
        YamlMappingNode gatewayPeer = new("public-key", monitorPublicKey, "allowed-ips", List($"{DemoNetwork.MonitorTunnelAddress}/32"));
        return new DemoSites(
            Write(folder, "monitor", monitorKey, $"{DemoNetwork.MonitorTunnelAddress}/24", List(LanPrefix), monitorPeer),
            Write(folder, "gateway", gatewayKey, $"{DemoNetwork.GatewayTunnelAddress}/24", List(), gatewayPeer));
    }

    private static string Write(string folder, string site, string key, string address, YamlSequenceNode routes, YamlMappingNode peer)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, site)).FullName;
        var secrets = new SecretPlace.Folder(own);
        secrets.Place("private-key", "site.key", key);
        secrets.Commit();
        using var template = Assembly.GetExecutingAssembly().GetManifestResourceStream("pipeline.yaml")!;
        var yaml = new YamlStream();
        yaml.Load(new StreamReader(template));
        var stages = ((YamlSequenceNode)yaml.Documents[0].RootNode["stages"]).Cast<YamlMappingNode>()
            .ToDictionary(stage => ((YamlScalarNode)stage["stage"]).Value!, stage => stage.Children);
        stages["tun"]["device"] = DemoNetwork.TunDevice;
        stages["tun"]["addresses"] = List(address);
        stages["tun"]["routes"] = routes;
        stages["encrypt"]["private-key-file"] = "site.key";
        stages["encrypt"]["peers"] = new YamlSequenceNode(peer);
        stages["udp"]["listen"] = $"0.0.0.0:{WireGuardPort}";
        stages["udp"]["path-mtu"] = DemoNetwork.WanMtu.ToString(CultureInfo.InvariantCulture);
        var path = Path.Combine(own, "pipeline.yaml");
        using var file = File.CreateText(path);
        yaml.Save(file, assignAnchors: false);
        return path;
    }

    private static YamlSequenceNode List(params IEnumerable<string> values) => new(values.Select(value => new YamlScalarNode(value)));
}
