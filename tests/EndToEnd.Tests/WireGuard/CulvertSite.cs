using System.Text;
using Culvert.Tests.Support;

namespace EndToEnd.Tests.WireGuard;

/// <summary>An end of ours: a real <c>culvert run</c>.</summary>
internal sealed class CulvertSite(NetworkNamespace space, string[] addresses, string listen, bool ownsSpace = false) : Site(space, ownsSpace)
{
    private readonly StringBuilder _peers = new();

    /// <summary>Further keys of the stage, such as <c>rekey-after: 5s</c>.</summary>
    public string Options { get; init; } = "";

    /// <summary>Adds a peer to the file.</summary>
    public CulvertSite WithPeer(Site peer, string allowedIps, string? endpoint = null, string? presharedKey = null, string? keepalive = null)
    {
        _peers.AppendLine($"      - public-key: {peer.PublicKey}").AppendLine($"        allowed-ips: [{allowedIps}]");
        if (endpoint is not null)
        {
            _peers.AppendLine($"        endpoint: \"{endpoint}\"");
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
    public override void Start()
    {
        var file = Path.Combine(Folder, "pipeline.yaml");
        var quoted = string.Join(", ", addresses.Select(address => $"\"{address}\""));
        File.WriteAllText(file, $"""
            stages:
              - {"{"}stage: tun, device: {Device}, addresses: [{quoted}]{"}"}
              - stage: mss-clamp
              - stage: encrypt
                private-key-file: private.key
                uapi: true
                {Options}
                peers:{(_peers.Length == 0 ? " []" : "")}
            {_peers}
              - {"{"}stage: udp, listen: "{listen}"{"}"}
            """);
        Launch(CulvertProgram.Path, "run", file);
    }
}
