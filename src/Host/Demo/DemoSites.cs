using System.Text;
using Culvert.Host.Output;
using NSec.Cryptography;

namespace Culvert.Host.Demo;

/// <summary>The two sites' folders: each a key and a pipeline.yaml derived from the README's.</summary>
internal sealed class DemoSites
{
    public const int WireGuardPort = 51820;
    private const string KeyFile = "site.key";
    private const string LanPrefix = "10.80.0.0/16";

    private DemoSites(string monitorFile, string gatewayFile) => (MonitorFile, GatewayFile) = (monitorFile, gatewayFile);

    public string MonitorFile { get; }

    public string GatewayFile { get; }

    /// <summary>Makes keys and writes the files.</summary>
    /// <param name="folder">A private folder.</param>
    public static DemoSites Write(string folder)
    {
        var template = SitePipeline.Template();
        var monitorKey = NewKey(out var monitorPublicKey);
        var gatewayKey = NewKey(out var gatewayPublicKey);
        var monitor = new SitePipeline
        {
            Device = DemoNetwork.TunDevice,
            Address = $"{DemoNetwork.MonitorTunnelAddress}/24",
            Route = LanPrefix,
            PrivateKeyFile = KeyFile,
            PeerPublicKey = gatewayPublicKey,
            PeerEndpoint = $"{DemoNetwork.GatewayWanAddress}:{WireGuardPort}",
            PeerAllowedIps = [$"{DemoNetwork.GatewayTunnelAddress}/32", LanPrefix],
            Listen = $"0.0.0.0:{WireGuardPort}",
            PathMtu = DemoNetwork.WanMtu,
        };
        var gateway = monitor with
        {
            Address = $"{DemoNetwork.GatewayTunnelAddress}/24",
            Route = null,
            PeerPublicKey = monitorPublicKey,
            PeerEndpoint = null,
            PeerAllowedIps = [$"{DemoNetwork.MonitorTunnelAddress}/32"],
        };
        return new DemoSites(
            Write(folder, "monitor", monitor.Derive(template), monitorKey),
            Write(folder, "gateway", gateway.Derive(template), gatewayKey));
    }

    private static string NewKey(out string publicKey)
    {
        using var key = Key.Create(
            KeyAgreementAlgorithm.X25519, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport });
        publicKey = Convert.ToBase64String(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
        return X25519Text.Private(key);
    }

    private static string Write(string folder, string site, string pipeline, string key)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, site)).FullName;
        var keyPath = Path.Combine(own, KeyFile);
        using (var file = new FileStream(keyPath, NewPrivateFile()))
        {
            file.Write(Encoding.ASCII.GetBytes(key + "\n"));
        }

        var path = Path.Combine(own, "pipeline.yaml");
        File.WriteAllText(path, pipeline);
        return path;
    }

    private static FileStreamOptions NewPrivateFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
