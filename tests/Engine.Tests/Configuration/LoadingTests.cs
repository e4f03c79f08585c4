using System.Net;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Options;

namespace Engine.Tests.Configuration;

/// <summary>What comes out of a file that is right.</summary>
public sealed class LoadingTests
{
    [Fact]
    public void The_smallest_file_yields_a_plan()
    {
        var loaded = Yaml.Load(Yaml.Good);

        Assert.True(loaded.IsValid, Yaml.Diagnostics(loaded));
        Assert.Empty(loaded.Diagnostics);
        Assert.Equal(["tun", "mss-clamp", "plaintext", "udp"], loaded.File.Stages.Select(stage => stage.Id));
        Assert.Equal(new SourcePosition("pipeline.yaml", 4, 5), loaded.File.Stages[1].Position);
        Assert.Equal(4, loaded.Plan.Stages.Count);
    }

    [Fact]
    public void Every_type_of_option_is_read()
    {
        var loaded = Yaml.Load("""
            lanes: auto
            batch: 64
            inspect: {every: 1_000}
            plugin-paths: [plugins, /opt/culvert]
            control: run/culvert.sock
            metrics: "[::1]:9100"
            stages:
              - stage: tun
                device: "culvert0"
                addresses: [10.99.0.1/24, "fd99::1/64"]
                routes:
                - 10.80.0.0/16
                - fd80::/32
                - 192.0.2.7
                mtu: 1400
              - {stage: mss-clamp, direction: inbound, insert-missing: true}
              - stage: encrypt
                private-key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
                peers:
                  - public-key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
                    endpoint: vpn.example.net:51820
                    allowed-ips: [10.99.0.2/32]
                    keepalive: 1m30s
                  - public-key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
                    endpoint: "[2001:db8::7]:51820"
              - {stage: udp, listen: "[::]:51820", path-mtu: 1500, buffer: 8MiB}

            """);

        Assert.True(loaded.IsValid, Yaml.Diagnostics(loaded));
        var settings = loaded.File.Settings;
        Assert.Equal((null, 64, 1000), (settings.Lanes.Number, settings.Batch, settings.Inspect!.Every));
        Assert.Equal(["/site/plugins", "/opt/culvert"], settings.PluginPaths.Select(path => path.Full));
        Assert.Equal("/site/run/culvert.sock", settings.Control!.Full);
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 9100), settings.Metrics);
        var tun = (TunModelOptions)loaded.File.Stages[0].Options;
        Assert.Equal(["10.99.0.1/24", "fd99::1/64"], tun.Addresses.Select(address => address.ToString()));
        Assert.Equal(["10.80.0.0/16", "fd80::/32", "192.0.2.7/32"], tun.Routes.Select(route => route.ToString()));
        Assert.Equal(1400, tun.Mtu);
        Assert.Equal(ClampDirection.Inbound, ((ClampModelOptions)loaded.File.Stages[1].Options).Direction);
        var encrypt = (EncryptModelOptions)loaded.File.Stages[2].Options;
        Assert.Equal(TimeSpan.FromSeconds(90), encrypt.Peers[0].Keepalive);
        Assert.Equal(new HostEndpoint("vpn.example.net", 51820), encrypt.Peers[0].Endpoint);
        Assert.Null(encrypt.Peers[0].Endpoint!.Address);
        Assert.Equal(IPEndPoint.Parse("[2001:db8::7]:51820"), encrypt.Peers[1].Endpoint!.Address);
        var udp = (UdpModelOptions)loaded.File.Stages[3].Options;
        Assert.Equal((IPEndPoint.Parse("[::]:51820"), 8L << 20), (udp.Listen, udp.Buffer.Bytes));
    }

    [Fact]
    public void Ids_are_numbered_where_a_stage_repeats()
    {
        var loaded = Yaml.Load("""
            stages:
              - {stage: tun, device: a}
              - {stage: mss-clamp}
              - {stage: mss-clamp, id: mss-clamp-2}
              - {stage: mss-clamp, enabled: false}
              - {stage: mss-clamp}
              - {stage: mss-clamp, id: last}
              - {stage: plaintext}
              - {stage: udp}

            """);

        Assert.True(loaded.IsValid, Yaml.Diagnostics(loaded));
        Assert.Equal(
            ["tun", "mss-clamp", "mss-clamp-2", "mss-clamp-4", "last", "plaintext", "udp"], loaded.File.Stages.Select(stage => stage.Id));
    }

    [Fact]
    public void A_disabled_entry_may_even_name_a_stage_that_is_not_installed()
    {
        var loaded = Yaml.Load(Yaml.Good.Replace("stage: mss-clamp", "stage: not-installed\n    enabled: false\n    any: thing", StringComparison.Ordinal));

        Assert.True(loaded.IsValid, Yaml.Diagnostics(loaded));
        Assert.Equal(["tun", "plaintext", "udp"], loaded.File.Stages.Select(stage => stage.Id));
    }

    [Fact]
    public void An_anchor_stands_for_its_value()
    {
        var loaded = Yaml.Load("""
            stages:
              - {stage: tun, device: a, routes: &nets [10.1.0.0/16, 10.2.0.0/16]}
              - stage: encrypt
                private-key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
                peers: [{public-key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=, allowed-ips: *nets}]
              - {stage: udp}

            """);

        Assert.True(loaded.IsValid, Yaml.Diagnostics(loaded));
        Assert.Equal(2, ((EncryptModelOptions)loaded.File.Stages[1].Options).Peers[0].AllowedIps.Count);
    }

    [Theory]
    [InlineData("private-key: c2VjcmV0LXNlY3JldA==")]
    [InlineData("private-key: {nested: c2VjcmV0LXNlY3JldA==}")]
    [InlineData("private-key: [c2VjcmV0LXNlY3JldA==]")]
    [InlineData("pin: c2VjcmV0LXNlY3JldA==")]
    [InlineData("pin: 4711")]
    [InlineData("peers: [{public-key: c2VjcmV0LXNlY3JldA==}]")]
    public void A_secret_is_never_shown(string option)
    {
        var loaded = Yaml.Load($"stages:\n  - {{stage: tun, device: a}}\n  - stage: encrypt\n    {option}\n  - {{stage: udp}}\n");

        Assert.False(loaded.IsValid);
        var text = Yaml.Diagnostics(loaded);
        Assert.DoesNotContain("c2VjcmV0", text, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_file_that_everybody_may_read_is_a_warning()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows keeps no mode bits");
            return;
        }

        var folder = Directory.CreateTempSubdirectory("culvert-key-");
        try
        {
            var path = Path.Combine(folder.FullName, "site.key");
            File.WriteAllText(path, "not looked at");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
            var loaded = Yaml.Load("stages:\n  - {stage: tun, device: a}\n  - {stage: encrypt, private-key-file: site.key}\n  - {stage: udp}\n", folder.FullName);

            Assert.True(loaded.IsValid);
            Assert.Equal(
                "pipeline.yaml(3,22): warning CV1107: 'encrypt': private-key-file: every user of this machine may read or write the secret in 'site.key'; run chmod 600 site.key",
                Assert.Single(loaded.Diagnostics).ToString());
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
            Assert.Empty(Yaml.Load("stages:\n  - {stage: tun, device: a}\n  - {stage: encrypt, private-key-file: site.key}\n  - {stage: udp}\n", folder.FullName).Diagnostics);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_key_file_that_cannot_be_read_is_an_error()
    {
        var loaded = Yaml.Load("stages:\n  - {stage: tun, device: a}\n  - {stage: encrypt, private-key-file: nowhere.key}\n  - {stage: udp}\n");

        Assert.Equal(
            "pipeline.yaml(3,22): error CV1106: 'encrypt': private-key-file: 'nowhere.key' does not exist; name a file that exists and that this user may read",
            Assert.Single(loaded.Diagnostics).ToString());
    }

    [Fact]
    public void What_a_catalog_throws_is_a_diagnostic()
    {
        var loaded = new PipelineLoader(new BrokenCatalog()).LoadText(Yaml.Good, "pipeline.yaml", "/site");

        Assert.Equal(
            "pipeline.yaml: error CV1208: the file cannot be read: a plugin or the program itself failed with InvalidOperationException: No catalog today; "
                + "report it to the plugin's author",
            Assert.Single(loaded.Diagnostics).ToString());
    }

    private sealed class BrokenCatalog : IStageCatalog
    {
        public IReadOnlyCollection<string> StageNames => [];

        public IEnumerable<Diagnostic> Remarks => [];

        public StageLookup Find(string stage, string? plugin) => throw new InvalidOperationException("No catalog today.");
    }
}
