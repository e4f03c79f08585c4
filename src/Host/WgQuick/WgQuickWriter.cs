using System.Globalization;
using System.Text;
using Culvert.Options;

namespace Culvert.Host.WgQuick;

/// <summary>Writes the wg-quick file of a pipeline: what it says of the device, our key, the peers and the port.</summary>
/// <param name="withSecrets">True to write keys; else each has a comment in its place.</param>
internal sealed class WgQuickWriter(bool withSecrets)
{
    private readonly StringBuilder _text = new();
    private readonly List<string> _remarks = [];

    /// <summary>The settings that WireGuard's tools cannot express.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>The wg-quick file of a valid pipeline.</summary>
    /// <param name="root">The file as it is written.</param>
    /// <param name="error">Why there is none; null when there is one.</param>
    public string Write(OptionNode root, out string? error)
    {
        var stages = Find(root, "stages")?.Items ?? [];
        var encrypt = Stage(stages, "encrypt");
        error = encrypt is null ? "the pipeline has no stage 'encrypt'; only an encrypted one can be exported" : null;
        if (encrypt is null)
        {
            return "";
        }

        if (Text(encrypt, "suite") is { } suite && suite != "wireguard")
        {
            error = $"suite '{suite}' is Culvert's own: WireGuard cannot talk to it; set suite: wireguard at both ends first";
            return "";
        }

        WriteInterface(encrypt, Stage(stages, "tun"), Stage(stages, "udp"));
        foreach (var peer in Find(encrypt, "peers")?.Items ?? [])
        {
            WritePeer(peer);
        }

        foreach (var stage in stages.Select(stage => Text(stage, "stage")).Where(name => name is not ("tun" or "encrypt" or "udp")))
        {
            _remarks.Add($"the stage '{stage}' has no counterpart");
        }

        return _text.ToString();
    }

    private void WriteInterface(OptionNode encrypt, OptionNode? tun, OptionNode? udp)
    {
        _text.AppendLine("[Interface]");
        WriteSecret("PrivateKey", encrypt, "private-key");
        Setting("Address", List(tun, "addresses"));
        var port = Text(udp, "listen")?.Split(':')[^1];
        Setting("ListenPort", port is null or "0" ? null : port);
        var mtu = Text(tun, "mtu");
        Setting("MTU", mtu == "auto" ? null : mtu);
    }

    private void WritePeer(OptionNode peer)
    {
        _text.AppendLine().AppendLine("[Peer]");
        Setting("PublicKey", Text(peer, "public-key"));
        WriteSecret("PresharedKey", peer, "preshared-key");
        Setting("AllowedIPs", List(peer, "allowed-ips"));
        Setting("Endpoint", Endpoint(peer));
        Setting("PersistentKeepalive", Seconds(Text(peer, "keepalive")));
    }

    /// <summary>The preferred endpoint: WireGuard's tools know one for each peer, and not where datagrams leave from.</summary>
    private string? Endpoint(OptionNode peer)
    {
        var node = Find(peer, "endpoint");
        var first = node?.Items is { Count: > 0 } items ? items[0] : node;
        if (node is not null && node.Scalar is null)
        {
            _remarks.Add("further endpoints of a peer, 'source' and 'bind-device' have no counterpart");
        }

        return first?.Scalar ?? Text(first, "to");
    }

    private void WriteSecret(string name, OptionNode node, string option)
    {
        var file = Text(node, option + "-file");
        var key = Text(node, option);
        if (file is null && key is null)
        {
            return;
        }

        if (!withSecrets)
        {
            _text.AppendLine(CultureInfo.InvariantCulture, $"# {name} = (left out: {(file is null ? "it is in the pipeline file" : $"it is in {file}")})");
            return;
        }

        Setting(name, key ?? File.ReadAllText(Path.GetFullPath(file!, node.BaseDirectory)).Trim());
    }

    private void Setting(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _text.AppendLine(CultureInfo.InvariantCulture, $"{name} = {value}");
        }
    }

    /// <summary>A duration of pipeline.yaml (<c>25s</c>, <c>2m</c>) in whole seconds, at least one.</summary>
    private static string? Seconds(string? duration)
    {
        if (duration is null)
        {
            return null;
        }

        var unit = duration.TrimStart("0123456789.".ToCharArray());
        var number = double.Parse(duration.AsSpan(0, duration.Length - unit.Length), CultureInfo.InvariantCulture);
        var seconds = number * unit switch { "ms" => 0.001, "m" => 60, "h" => 3600, _ => 1 };
        return seconds == 0 ? null : Math.Max(1, Math.Round(seconds)).ToString(CultureInfo.InvariantCulture);
    }

    private static OptionNode? Stage(IEnumerable<OptionNode> stages, string name) =>
        stages.FirstOrDefault(stage => Text(stage, "stage") == name && Text(stage, "enabled") != "false");

    private static OptionNode? Find(OptionNode? node, string key) =>
        node?.Entries?.FirstOrDefault(entry => entry.Key == key).Value;

    private static string? Text(OptionNode? node, string key) => Find(node, key)?.Scalar;

    private static string List(OptionNode? node, string key) =>
        string.Join(", ", Find(node, key)?.Items?.Select(item => item.Scalar) ?? []);
}
