using System.Globalization;
using System.Net;
using System.Text;
using Culvert.Endpoints;
using Culvert.Engine.Configuration.Binding;
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
        WriteListen(Text(udp, "listen"));
        var mark = Text(udp, "fwmark");
        Setting("FwMark", mark == "0" ? null : mark);
        var mtu = Text(tun, "mtu");
        Setting("MTU", mtu == "auto" ? null : mtu);
        WriteTable(encrypt, tun);
    }

    private void WriteListen(string? listen)
    {
        // Port 0, which the system replaces, is no endpoint: wg-quick then chooses as well.
        if (!HostEndpoint.TryParse(listen, out var endpoint) || endpoint.Address is not { } local)
        {
            return;
        }

        Setting("ListenPort", local.Port.ToString(CultureInfo.InvariantCulture));
        if (!local.Address.Equals(IPAddress.Any) && !local.Address.Equals(IPAddress.IPv6Any))
        {
            _remarks.Add($"listen: wg-quick listens on every address, not on {local.Address} alone");
        }
    }

    /// <summary>wg-quick routes all allowed-ips; where the pipeline does not, it must not either.</summary>
    private void WriteTable(OptionNode encrypt, OptionNode? tun)
    {
        var addresses = Prefixes(tun, "addresses");
        var routes = Prefixes(tun, "routes").ToHashSet();
        var wanted = (Find(encrypt, "peers")?.Items ?? []).SelectMany(peer => Prefixes(peer, "allowed-ips"))
            .Where(prefix => !addresses.Any(network => Covers(network, prefix))).ToHashSet();
        if (Text(tun, "routes") == "auto" || routes.SetEquals(wanted))
        {
            var table = Text(tun, "table");
            Setting("Table", table == "auto" ? null : table);
        }
        else
        {
            Setting("Table", "off");
            var missing = routes.Count == 0 ? "" : $"; add these by hand: {string.Join(", ", routes)}";
            _remarks.Add($"routes: other ones than wg-quick makes of the allowed-ips, so that 'Table = off' turns those off{missing}");
        }
    }

    private static bool Covers(IPNetwork network, IPNetwork prefix) =>
        network.BaseAddress.AddressFamily == prefix.BaseAddress.AddressFamily
        && network.PrefixLength <= prefix.PrefixLength && network.Contains(prefix.BaseAddress);

    private static List<IPNetwork> Prefixes(OptionNode? node, string key) =>
        [.. (Find(node, key)?.Items ?? []).Select(item => InterfaceAddress.TryParse(item.Scalar, out var address) ? address.Network : (IPNetwork?)null)
            .OfType<IPNetwork>()];

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

    /// <summary>A duration of pipeline.yaml in whole seconds, at least one; null for none.</summary>
    private static string? Seconds(string? duration) => duration is null || !Duration.TryRead(duration, out var span) || span == TimeSpan.Zero
        ? null
        : Math.Clamp(Math.Round(span.TotalSeconds), 1, ushort.MaxValue).ToString(CultureInfo.InvariantCulture);

    private static OptionNode? Stage(IEnumerable<OptionNode> stages, string name) =>
        stages.FirstOrDefault(stage => Text(stage, "stage") == name && Text(stage, "enabled") != "false");

    private static OptionNode? Find(OptionNode? node, string key) =>
        node?.Entries?.FirstOrDefault(entry => entry.Key == key).Value;

    private static string? Text(OptionNode? node, string key) => Find(node, key)?.Scalar;

    private static string List(OptionNode? node, string key) =>
        string.Join(", ", Find(node, key)?.Items?.Select(item => item.Scalar) ?? []);
}
