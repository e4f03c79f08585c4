using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Host;
using Culvert.Host.Demo;

namespace Tools.Tests;

/// <summary>A key in every option, argument and file that the program reads is in nothing that it prints or writes.</summary>
public sealed partial class SecretsTests : IDisposable
{
    // So many characters of a key in a row are no accident.
    private const int Window = 12;
    private const int Stride = 16;

    private static readonly string[] _peers = ["UPXO1k4l0pzzSSsLxIsXh1dPhhNYTX1Ft+cEHYJErV0="];

    // A valid file in which each value and each name is replaced by a key. The values of secrets are other keys.
    private static readonly string _everything = $$$"""
        plugin-paths: ["{{{CommandLine.Plugins}}}"]
        lanes: 1
        batch: 64
        busy-poll: 0
        inspect: {every: 1000}
        control: control.sock
        metrics: 127.0.0.1:9100
        sandbox: true
        stages:
          - {stage: tun, id: host, enabled: true, plugin: Tun.Linux, device: culvert0, addresses: [10.99.0.1/24], routes: [10.80.0.0/16], mtu: auto, offload: true, ring-capacity: 8MiB, wintun-file: wintun.dll, verify-signature: true}
          - {stage: mss-clamp, on-fault: drop, when: tcp, direction: both, insert-missing: false, mss: {ipv4: 1300, ipv6: 1280}}
          - {stage: checksum-guard, on-bad: drop}
          - {stage: dscp, match: tcp, set: 10}
          - {stage: dscp, match: tcp, clear: true}
          - {stage: capture, file: a.pcapng}
          - {stage: police, match: udp, rate: 20Mbit, per: destination/32, burst: 50ms, exceed: drop, mark: 10}
          - {stage: filter, default: drop, stateful: true, flows: 1000, rules: [{allow: icmp, name: pings}, {drop: udp}, {reject: tcp port 25}]}
          - stage: encrypt
            private-key-file: site.key
            suite: wireguard
            cipher-library: auto
            rekey-after: 120s
            uapi: false
            peers: [{name: berlin, public-key: "{{{_peers[0]}}}", preshared-key-file: psk, endpoint: 203.0.113.7:51820, allowed-ips: [10.99.0.2/32], keepalive: 25s}]
          - {stage: udp, listen: 0.0.0.0:51820, path-mtu: 1500, socket-buffer: 1MiB, offload: true, peer: 203.0.113.7:7000}
        """;

    private readonly ScratchFolder _folder = new();

    public SecretsTests()
    {
        _folder.Write("site.key", OtherKey(1));
        _folder.Write("psk", OtherKey(2));
    }

    public static TheoryData<string> Keys =>
    [
        OtherKey(3), OtherKey(3).TrimEnd('='), Convert.ToHexString(Convert.FromBase64String(OtherKey(4))),
        // A slash in the middle, and two in a row: a path of it loses a part.
        OtherKey(5)[..20] + "/" + OtherKey(5)[21..], OtherKey(6)[..15] + "//" + OtherKey(6)[17..],
    ];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_argument_that_exists_is_a_path_whatever_its_letters()
    {
        // 43 letters and slashes decode to 32 bytes.
        var path = OtherKey(7).Replace('/', 'A').Replace('+', 'A').TrimEnd('=');
        const string refusal = "an argument could be a key";
        Assert.Contains(refusal, (await CommandLine.Run("stages", "--plugin-path", path)).Error, StringComparison.Ordinal);
        Directory.CreateDirectory(path);
        try
        {
            Assert.DoesNotContain(refusal, (await CommandLine.Run("stages", "--plugin-path", path)).Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(path);
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task In_any_value_or_name_of_a_pipeline_file_it_is_not_shown(string key)
    {
        var places = Word().Matches(_everything);
        Assert.True(places.Count > 100);

        // Each place by itself for one form of a key; several at once for the others, as mistakes are reported together.
        var step = key == Keys.First().Data ? places.Count : Stride;
        for (var first = 0; first < step; first++)
        {
            var text = _everything;
            for (var i = first + ((places.Count - 1 - first) / step * step); i >= 0; i -= step)
            {
                text = text[..places[i].Index] + $"\"{key}\"" + text[(places[i].Index + places[i].Length)..];
            }

            var file = _folder.Write("pipeline.yaml", text);
            await AssertSilent(key, $"in place of {places[first].Value} at {places[first].Index}", "check", file);
            if (step == Stride)
            {
                await AssertSilent(key, "at several places", "check", file, "--format", "json");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task In_any_option_of_the_schema_it_is_not_shown(string key)
    {
        var schema = JsonNode.Parse((await CommandLine.Run("schema", "--plugin-path", CommandLine.Plugins)).Output)!;
        var stages = schema["properties"]!["stages"]!["items"]!["oneOf"]!.AsArray();
        var entries = stages.SelectMany(stage => stage!["properties"]!.AsObject().SelectMany(option =>
            Values(option.Value!.AsObject(), key).Select(value => $"  - {{stage: {stage["properties"]!["stage"]!["const"]}, {option.Key}: {value}}}"))).ToArray();
        Assert.True(entries.Length > 150);
        var file = _folder.Write("pipeline.yaml", $"plugin-paths: [\"{CommandLine.Plugins}\"]\nstages:\n{string.Join('\n', entries)}\n");
        await AssertSilent(key, "in every option", "check", file);
        foreach (var (name, option) in schema["properties"]!.AsObject())
        {
            foreach (var value in name == "stages" ? [] : Values(option!.AsObject(), key))
            {
                await AssertSilent(key, $"in {name}", "check", _folder.Write("pipeline.yaml", $"{name}: {value}\nstages: []\n"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task In_any_line_of_a_pipeline_file_it_is_not_shown(string key)
    {
        var lines = _everything.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            foreach (var text in new[] { key, $"- {key}", $"{key}: 1", $"\t{key}", $"'{key}", $"*{key}", $"&{key} [" })
            {
                var file = _folder.Write("pipeline.yaml", string.Join('\n', [.. lines[..i], text, .. lines[i..]]));
                await AssertSilent(key, $"{text} before line {i + 1}", "check", file);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task In_any_argument_it_is_not_shown(string key)
    {
        var file = _folder.Write("pipeline.yaml", _everything);
        foreach (var (name, create) in Program.Commands.Where(command => command.Name != DemoCommand.InsideName))
        {
            await AssertSilent(key, "behind the command", name, key, key);
            await AssertSilent(key, "behind the command", name, $"./{key}.yaml");
            await AssertSilent(key, "behind the command", name, $"host {key}");
            await AssertSilent(key, "as an option", name, $"--{key}");
            await AssertSilent(key, "as a response file", name, $"@{key}");
            foreach (var option in create().Options.Where(option => option.Name is not ("--help" or "--write" or "--keys")))
            {
                await AssertSilent(key, "as a value", name, option.Name, key);
                await AssertSilent(key, "as a value", name, $"{option.Name}={key}");
                await AssertSilent(key, "as a value", name, file, option.Name, key, key);
            }
        }

        await AssertSilent(key, "in place of a command", key);
        await AssertSilent(key, "as a capture", "replay", file, "--in", _folder.Write("a.pcap", key));
        await AssertSilent(key, "as a capture", "explain", file, "--in", _folder.Write("a.pcapng", key));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task In_a_key_file_it_is_not_shown(string key)
    {
        var file = _folder.Write("pipeline.yaml", _everything);
        foreach (var name in new[] { "site.key", "psk" })
        {
            var before = File.ReadAllText(_folder.File(name));
            foreach (var text in new[] { key, $"{key}\n{key}", $"PrivateKey = {key}", key[..^3], $"x{key}", $"{key}\n# {key}" })
            {
                _folder.Write(name, text);
                await AssertSilent(key, $"in {name}", "check", file);
                await AssertSilent(key, $"in {name}", "export", file);
            }

            _folder.Write(name, before);
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task In_a_wg_quick_file_it_is_not_shown(string key)
    {
        string[] lines =
        [
            "[Interface]", $"PrivateKey = {OtherKey(1)}", "Address = 10.99.0.1/24", "ListenPort = 51820", "MTU = 1420", "DNS = 10.0.0.1",
            "Table = off", "PostUp = true", "FwMark = 1", "[Peer]", $"PublicKey = {_peers[0]}", $"PresharedKey = {OtherKey(2)}",
            "Endpoint = 203.0.113.7:51820", "AllowedIPs = 10.99.0.2/32", "PersistentKeepalive = 25",
        ];
        for (var i = 0; i < lines.Length; i++)
        {
            var name = lines[i].Split(" = ")[0];
            // A public key is shown, as it is bound as one.
            foreach (var text in new[] { key, $"{key} = 1", $"[{key}]", name == "PublicKey" ? "" : $"{name} = {key}", $"# {key}" })
            {
                var file = _folder.Write("wg0.conf", string.Join('\n', [.. lines[..i], text, .. lines[(i + 1)..]]));
                await AssertSilent(key, $"{text} in line {i + 1}", "import", file);
            }
        }
    }

    private static string OtherKey(int seed)
    {
        var bytes = new byte[32];
        new Random(seed).NextBytes(bytes);
        (bytes[0], bytes[31]) = ((byte)(bytes[0] & 0xF8), (byte)(bytes[31] & 0x7F | 0x40));
        return Convert.ToBase64String(bytes);
    }

    /// <summary>Every value that a schema allows, in YAML's flow form, with the key in place of one leaf.</summary>
    private static IEnumerable<string> Values(JsonObject schema, string key)
    {
        yield return $"\"{key}\"";
        foreach (var form in new[] { "oneOf", "anyOf" }.SelectMany(name => schema[name]?.AsArray() ?? []).SelectMany(form => Values(form!.AsObject(), key)))
        {
            yield return form;
        }

        foreach (var item in schema["items"] is JsonObject items ? Values(items, key) : [])
        {
            yield return $"[{item}]";
        }

        foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
        {
            foreach (var value in Values(property!.AsObject(), key))
            {
                yield return $"{{{name}: {value}}}";
            }
        }
    }

    private static async Task AssertSilent(string key, string how, params string[] arguments)
    {
        var (_, output, error) = await CommandLine.Run(arguments);
        foreach (var text in new[] { output, error })
        {
            for (var at = 0; at + Window <= key.Length; at++)
            {
                var at1 = text.IndexOf(key.Substring(at, Window), StringComparison.OrdinalIgnoreCase);
                Assert.True(at1 < 0, $"{string.Join(' ', arguments)} ({how}) shows a part of the key:\n{text}");
            }
        }
    }

    // A name or a value of the file, without its quotes.
    [GeneratedRegex(@"(?<=[\s\[{,:""])(?:""[^""]+""|[\w./:-]*[\w])(?=[\s\]},:""]|$)")]
    private static partial Regex Word();
}
