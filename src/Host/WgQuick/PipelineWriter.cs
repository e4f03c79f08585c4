using System.Globalization;
using System.Net;
using Culvert.Endpoints;
using Culvert.Engine.Diagnostics;
using Culvert.Options;

namespace Culvert.Host.WgQuick;

/// <summary>
/// Writes the pipeline.yaml that does what a wg-quick file does: a TUN device with the addresses and the routes to all allowed-ips, the
/// clamp, encryption with the same peers, and a socket on the same port for both families, with the same mark.
/// </summary>
/// <param name="device">The interface's name, which wg-quick takes from the file's name.</param>
/// <param name="secrets">Where keys go.</param>
internal sealed class PipelineWriter(string device, SecretPlace secrets)
{
    private static readonly string[] KnownInterface = ["PrivateKey", "ListenPort", "Address", "MTU", "Table", "FwMark"];
    private static readonly string[] KnownPeer = ["PublicKey", "PresharedKey", "AllowedIPs", "Endpoint", "PersistentKeepalive"];

    // The one that wg-quick takes when it needs one and the file has none.
    private const string DefaultMark = "51820";

    private readonly List<(string Text, int Source)> _lines = [];
    private readonly List<string> _errors = [];
    private readonly List<string> _remarks = [];

    /// <summary>The errors that kept the file from being written: missing or unreadable settings, each with its remedy.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>The settings of the file that the pipeline cannot express.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>The line of the wg-quick file that a line of the pipeline comes from, both from 1; 0 for none.</summary>
    public int SourceOf(int line) => line >= 1 && line <= _lines.Count ? _lines[line - 1].Source : 0;

    /// <summary>The pipeline as YAML; of no use when there are <see cref="Errors"/>.</summary>
    public string Write(WgQuickFile file)
    {
        Line("stages:");
        var hasDefaultRoute = WriteTun(file);
        Line("");
        Line("  - stage: mss-clamp");
        Line("");
        WriteEncrypt(file);
        Line("");
        Line("  - stage: udp");
        var port = Number(file.Interface, "ListenPort", "port") ?? 0;
        Line(string.Create(CultureInfo.InvariantCulture, $"    listen: \"[::]:{port}\""), file.Interface.LineOf("ListenPort"));
        WriteMark(file.Interface, hasDefaultRoute);
        NoteWhatIsLeft(file);
        return string.Concat(_lines.Select(line => line.Text + Environment.NewLine));
    }

    private void Line(string text, int source = 0) => _lines.Add((text, source));

    /// <returns>Whether a default route leads into the device.</returns>
    private bool WriteTun(WgQuickFile file)
    {
        Line("  - stage: tun");
        Line($"    device: {YamlText.Scalar(device)}");
        var addresses = ReadAll(file.Interface, "Address");
        if (addresses.Count > 0)
        {
            Line($"    addresses: {YamlText.List(addresses.Select(address => address.ToString()))}", file.Interface.LineOf("Address"));
        }

        // wg-quick routes every allowed-ips prefix into the device, but for the networks of its addresses.
        IPNetwork[] routes = Table(file.Interface) == "off" ? [] : [.. file.Peers.SelectMany(peer => ReadAll(peer, "AllowedIPs")).Select(prefix => prefix.Network)];
        if (routes.Length > 0)
        {
            Line("    routes: auto");
        }

        if (Table(file.Interface) is not ("off" or "auto") and var table)
        {
            Line($"    table: {YamlText.Scalar(table)}", file.Interface.LineOf("Table"));
        }

        if (file.Interface.Get("MTU") is { } mtu)
        {
            Line($"    mtu: {YamlText.Scalar(mtu)}", file.Interface.LineOf("MTU"));
        }

        return Array.Exists(routes, route => route.PrefixLength == 0);
    }

    private static string Table(WgQuickSection section) => section.Get("Table")?.ToLowerInvariant() ?? "auto";

    /// <summary>wg-quick keeps the tunnel's own datagrams out of a default route by their mark, unless a table of the user's own does.</summary>
    private void WriteMark(WgQuickSection section, bool hasDefaultRoute)
    {
        if (section.Get("FwMark") is { } mark && mark is not ("0" or "off"))
        {
            Line($"    fwmark: {YamlText.Scalar(mark)}", section.LineOf("FwMark"));
        }
        else if (hasDefaultRoute && Table(section) == "auto")
        {
            Line($"    fwmark: {DefaultMark}");
        }
    }

    // Decimal, without sign and leading zeros, and no more than 16 bits: what both wg and pipeline.yaml take.
    private int? Number(WgQuickSection section, string key, string what)
    {
        var text = section.Get(key);
        if (text is null)
        {
            return null;
        }

        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (number == 0 ? text.Length == 1 : text[0] != '0'))
        {
            return number;
        }

        _errors.Add($"line {section.LineOf(key)}: {key} '{VisibleText.EscapeLine(text)}' is not a {what}; write a number from 0 to 65535");
        return null;
    }

    private void WriteEncrypt(WgQuickFile file)
    {
        Line("  - stage: encrypt", file.Interface.Line);
        if (file.Interface.Get("PrivateKey") is { } key)
        {
            Line($"    {secrets.Place("private-key", device + ".key", key)}", file.Interface.LineOf("PrivateKey"));
        }
        else
        {
            _errors.Add("[Interface] has no PrivateKey; add one ('culvert keygen' writes it)");
        }

        Line("    uapi: true");
        Line(file.Peers.Count == 0 ? "    peers: []" : "    peers:");
        for (var i = 0; i < file.Peers.Count; i++)
        {
            WritePeer(file.Peers[i], i + 1);
        }
    }

    private void WritePeer(WgQuickSection peer, int number)
    {
        if (peer.Get("PublicKey") is not { } publicKey)
        {
            _errors.Add($"line {peer.Line}: peer {number} has no PublicKey; add it");
            return;
        }

        Line($"      - public-key: {YamlText.Scalar(publicKey)}", peer.LineOf("PublicKey"));
        if (peer.Get("PresharedKey") is { } presharedKey)
        {
            Line($"        {secrets.Place("preshared-key", $"{device}-peer{number}.psk", presharedKey)}", peer.LineOf("PresharedKey"));
        }

        if (peer.Get("Endpoint") is { } endpoint)
        {
            // wg takes blanks around the colon.
            var text = string.Join(':', endpoint.Split(':', StringSplitOptions.TrimEntries));
            Line($"        endpoint: {YamlText.Scalar(HostEndpoint.TryParse(text, out var value) ? value.ToString() : text)}", peer.LineOf("Endpoint"));
        }

        var allowedIps = ReadAll(peer, "AllowedIPs").Select(prefix => prefix.Network.ToString()).Distinct();
        Line($"        allowed-ips: {YamlText.List(allowedIps)}", peer.LineOf("AllowedIPs"));
        var isOff = string.Equals(peer.Get("PersistentKeepalive"), "off", StringComparison.OrdinalIgnoreCase);
        if (!isOff && Number(peer, "PersistentKeepalive", "keepalive") is > 0 and var keepalive)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"        keepalive: {keepalive}s"), peer.LineOf("PersistentKeepalive"));
        }
    }

    /// <summary>Prefixes; one without a length is a single address.</summary>
    private List<InterfaceAddress> ReadAll(WgQuickSection section, string key)
    {
        var read = new List<InterfaceAddress>();
        foreach (var (item, line) in section.GetList(key))
        {
            var text = item.Contains('/', StringComparison.Ordinal)
                ? item : item + (item.Contains(':', StringComparison.Ordinal) ? "/128" : "/32");
            if (InterfaceAddress.TryParse(text, out var address))
            {
                read.Add(address);
            }
            else if (Unreadable(key, item, line) is var error && !_errors.Contains(error))
            {
                _errors.Add(error);
            }
        }

        return read;
    }

    private static string Unreadable(string key, string item, int line) =>
        $"line {line}: {key} '{VisibleText.EscapeLine(item)}' is no address or prefix; correct it";

    private void NoteWhatIsLeft(WgQuickFile file)
    {
        var left = Left(file.Interface, KnownInterface).Concat(file.Peers.SelectMany(peer => Left(peer, KnownPeer)));
        _remarks.AddRange(left.Select(setting => $"line {setting.Line}: {setting.Key} is not taken over"));
    }

    private static IEnumerable<(string Key, string Value, int Line)> Left(WgQuickSection section, string[] known) =>
        section.Settings.Where(setting => !known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase));
}
