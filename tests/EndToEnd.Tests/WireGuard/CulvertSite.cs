using System.Text;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>An end of ours: a real <c>culvert run</c>.</summary>
internal sealed class CulvertSite(NetworkNamespace space, string[] addresses, string listen, bool ownsSpace = false) : Site(space, ownsSpace)
{
    private readonly StringBuilder _peers = new();

    /// <summary>Further keys of the stage, such as <c>rekey-after: 5s</c>.</summary>
    public string Options { get; init; } = "";

    /// <summary>Further keys of <c>tun</c>, such as <c>routes: auto</c>.</summary>
    public string TunKeys { get; init; } = "";

    /// <summary>Further keys of <c>udp</c>.</summary>
    public string UdpKeys { get; set; } = "";

    /// <summary>Adds a peer to the file.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="allowedIps">Prefixes, separated by commas.</param>
    /// <param name="endpoint">HOST:PORT, or a list as in YAML, which has braces.</param>
    /// <param name="presharedKey">Base64.</param>
    /// <param name="keepalive">A duration.</param>
    public CulvertSite WithPeer(Site peer, string allowedIps, string? endpoint = null, string? presharedKey = null, string? keepalive = null)
    {
        _peers.AppendLine($"      - public-key: {peer.PublicKey}").AppendLine($"        allowed-ips: [{allowedIps}]");
        if (endpoint is not null)
        {
            _peers.AppendLine($"        endpoint: {(endpoint.Contains('{', StringComparison.Ordinal) ? endpoint : $"\"{endpoint}\"")}");
        }

        if (keepalive is not null)
        {
            _peers.AppendLine($"        keepalive: {keepalive}");
        }

        if (presharedKey is not null)
        {
            WriteSecret("psk", presharedKey);
            _peers.AppendLine("        preshared-key-file: psk");
        }

        return this;
    }

    /// <inheritdoc/>
    public override void Start() => Launch(CulvertProgram.Path, "run", WriteFile());

    /// <summary>Writes the file anew and has the running program reload it.</summary>
    public void Reload()
    {
        WriteFile();
        Space.Run($"{CulvertProgram.Path} reload {File}");
    }

    /// <summary>The site's file.</summary>
    public string File => Path.Combine(Folder, "pipeline.yaml");

    private string WriteFile()
    {
        var quoted = string.Join(", ", addresses.Select(address => $"\"{address}\""));
        System.IO.File.WriteAllText(File, $"""
            stages:
              - {"{"}stage: tun, device: {Device}, addresses: [{quoted}]{Keys(TunKeys)}{"}"}
              - stage: mss-clamp
              - stage: encrypt
                private-key-file: private.key
                uapi: true
                {Options}
                peers:{(_peers.Length == 0 ? " []" : "")}
            {_peers}
              - {"{"}stage: udp, listen: "{listen}"{Keys(UdpKeys)}{"}"}
            """);
        return File;
    }

    private static string Keys(string keys) => keys.Length == 0 ? "" : ", " + keys;
}
