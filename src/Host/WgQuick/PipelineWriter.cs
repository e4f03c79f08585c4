using System.Globalization;
using System.Text;
using Culvert.Endpoints;
using Culvert.Options;

namespace Culvert.Host.WgQuick;

/// <summary>
/// Writes the pipeline.yaml that does what a wg-quick file does: a TUN device with the addresses and the routes to all allowed-ips, the
/// clamp, encryption with the same peers, and a socket on the same port for both families.
/// </summary>
/// <param name="device">The interface's name, which wg-quick takes from the file's name.</param>
/// <param name="secrets">Where keys go.</param>
internal sealed class PipelineWriter(string device, SecretPlace secrets)
{
    private static readonly string[] KnownInterface = ["PrivateKey", "ListenPort", "Address", "MTU", "Table", "FwMark"];
    private static readonly string[] KnownPeer = ["PublicKey", "PresharedKey", "AllowedIPs", "Endpoint", "PersistentKeepalive"];

    private readonly StringBuilder _yaml = new();
    private readonly List<string> _errors = [];
    private readonly List<string> _remarks = [];

    /// <summary>The errors that kept the file from being written: missing or unreadable settings, each with its remedy.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>The settings of the file that the pipeline cannot express.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>The pipeline as YAML; of no use when there are <see cref="Errors"/>.</summary>
    public string Write(WgQuickFile file)
    {
        _yaml.AppendLine("stages:");
        WriteTun(file);
        _yaml.AppendLine().AppendLine("  - stage: mss-clamp").AppendLine();
        WriteEncrypt(file);
        var port = file.Interface.Get("ListenPort") ?? "0";
        _yaml.AppendLine().AppendLine("  - stage: udp").AppendLine(CultureInfo.InvariantCulture, $"    listen: \"[::]:{port}\"");
        NoteWhatIsLeft(file);
        return _yaml.ToString();
    }

    private void WriteTun(WgQuickFile file)
    {
        _yaml.AppendLine("  - stage: tun").AppendLine(CultureInfo.InvariantCulture, $"    device: {YamlText.Scalar(device)}");
        var addresses = ReadAll(file.Interface, "Address");
        if (addresses.Count > 0)
        {
            _yaml.AppendLine(CultureInfo.InvariantCulture, $"    addresses: {YamlText.List(addresses.Select(address => address.ToString()))}");
        }

        var routes = Routes(file, addresses);
        if (routes.Length > 0)
        {
            _yaml.AppendLine(CultureInfo.InvariantCulture, $"    routes: {YamlText.List(routes)}");
        }

        if (file.Interface.Get("MTU") is { } mtu)
        {
            _yaml.AppendLine(CultureInfo.InvariantCulture, $"    mtu: {mtu}");
        }
    }

    /// <summary>wg-quick routes every allowed-ips prefix into the device; the networks of its addresses are there already.</summary>
    private string[] Routes(WgQuickFile file, List<InterfaceAddress> addresses)
    {
        if (string.Equals(file.Interface.Get("Table"), "off", StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        var networks = file.Peers.SelectMany(peer => ReadAll(peer, "AllowedIPs")).Select(prefix => prefix.Network).Distinct().ToArray();
        foreach (var everything in networks.Where(network => network.PrefixLength == 0))
        {
            _remarks.Add($"no route for {everything}: a default route into the tunnel needs one past it for the peer's own address; add both by hand");
        }

        return [.. networks.Where(network => network.PrefixLength > 0 && !addresses.Exists(address => address.Network == network))
            .Where(network => !addresses.Exists(address => address.Network.PrefixLength <= network.PrefixLength
                && address.IsIpv6 == (network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
                && address.Network.Contains(network.BaseAddress)))
            .Select(network => network.ToString())];
    }

    private void WriteEncrypt(WgQuickFile file)
    {
        _yaml.AppendLine("  - stage: encrypt");
        if (file.Interface.Get("PrivateKey") is { } key)
        {
            _yaml.AppendLine(CultureInfo.InvariantCulture, $"    {secrets.Place("private-key", device + ".key", key)}");
        }
        else
        {
            _errors.Add("[Interface] has no PrivateKey; add one ('culvert keygen' writes it)");
        }

        _yaml.AppendLine("    uapi: true");
        _yaml.AppendLine(file.Peers.Count == 0 ? "    peers: []" : "    peers:");
        for (var i = 0; i < file.Peers.Count; i++)
        {
            WritePeer(file.Peers[i], i + 1);
        }
    }

    private void WritePeer(WgQuickSection peer, int number)
    {
        if (peer.Get("PublicKey") is not { } publicKey)
        {
            _errors.Add($"peer {number} has no PublicKey; add it");
            return;
        }

        _yaml.AppendLine(CultureInfo.InvariantCulture, $"      - public-key: {YamlText.Scalar(publicKey)}");
        if (peer.Get("PresharedKey") is { } presharedKey)
        {
            _yaml.AppendLine(CultureInfo.InvariantCulture, $"        {secrets.Place("preshared-key", $"{device}-peer{number}.psk", presharedKey)}");
        }

        if (peer.Get("Endpoint") is { } endpoint)
        {
            _yaml.AppendLine(CultureInfo.InvariantCulture, $"        endpoint: {YamlText.Scalar(endpoint)}");
        }

        var allowedIps = ReadAll(peer, "AllowedIPs").Select(prefix => prefix.Network.ToString());
        _yaml.AppendLine(CultureInfo.InvariantCulture, $"        allowed-ips: {YamlText.List(allowedIps)}");
        if (peer.Get("PersistentKeepalive") is { } keepalive && keepalive is not ("0" or "off"))
        {
            _yaml.AppendLine(CultureInfo.InvariantCulture, $"        keepalive: {keepalive}s");
        }
    }

    /// <summary>Prefixes; one without a length is a single address.</summary>
    private List<InterfaceAddress> ReadAll(WgQuickSection section, string key)
    {
        var read = new List<InterfaceAddress>();
        foreach (var item in section.GetList(key))
        {
            var text = item.Contains('/', StringComparison.Ordinal)
                ? item : item + (item.Contains(':', StringComparison.Ordinal) ? "/128" : "/32");
            if (InterfaceAddress.TryParse(text, out var address))
            {
                read.Add(address);
            }
            else if (!_errors.Contains(Unreadable(key, item)))
            {
                _errors.Add(Unreadable(key, item));
            }
        }

        return read;
    }

    private static string Unreadable(string key, string item) => $"{key} '{item}' is no address or prefix; correct it";

    private void NoteWhatIsLeft(WgQuickFile file)
    {
        var left = Left(file.Interface, KnownInterface).Concat(file.Peers.SelectMany(peer => Left(peer, KnownPeer)));
        _remarks.AddRange(left.Select(setting => $"line {setting.Line}: {setting.Key} is not taken over"));
        if (file.Interface.Get("FwMark") is { } mark && mark is not ("0" or "off"))
        {
            _remarks.Add("FwMark is not taken over");
        }
    }

    private static IEnumerable<(string Key, string Value, int Line)> Left(WgQuickSection section, string[] known) =>
        section.Settings.Where(setting => !known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase));
}
