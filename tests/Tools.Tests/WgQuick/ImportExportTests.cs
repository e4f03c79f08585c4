using Culvert.Engine.Plugins;
using Culvert.Host.Commands;
using Culvert.Host.WgQuick;
using VerifyXunit;

namespace Tools.Tests.WgQuick;

/// <summary>wg-quick files to pipelines and back.</summary>
public sealed class ImportExportTests : IDisposable
{
    private const string PrivateKey = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";
    private const string PresharedKey = "/UwcSPg38hW/D9Y3tcS1FOV0K1wuURMbS0sesJEP5ak=";
    private const string Quick = $"""
        [Interface]
        # the office
        PrivateKey = {PrivateKey}
        Address = 10.99.0.1/24, fd99::1/64
        listenport = 51820
        MTU = 1380
        DNS = 10.99.0.53
        PostUp = echo up

        [Peer]
        PublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=
        PresharedKey = {PresharedKey}
        AllowedIPs = 10.99.0.2/32, 10.81.0.7/16
        AllowedIPs = fd81::/48
        Endpoint = vpn.example.net:51820
        PersistentKeepalive = 25

        [Peer]
        PublicKey = TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=
        AllowedIPs = 10.99.0.3
        Endpoint = [2001:db8::7]:51820
        PersistentKeepalive = off

        """;

    private readonly ScratchFolder _folder = new();

    private static PluginStore Plugins { get; } = PluginStore.In(CommandLine.Plugins);

    [Fact]
    public async Task A_wg_quick_file_becomes_a_pipeline_without_keys()
    {
        var (code, output, error) = Import(Quick, new SecretPlace.Nowhere());

        Assert.Equal(0, code);
        Assert.DoesNotContain(PrivateKey, output + error, StringComparison.Ordinal);
        Assert.DoesNotContain(PresharedKey, output + error, StringComparison.Ordinal);
        await Verifier.Verify($"{output}---\n{error.Replace(_folder.Path, "", StringComparison.Ordinal)}");
    }

    [Fact]
    public void Keys_are_written_where_asked()
    {
        Assert.Contains($"private-key: {PrivateKey}", Import(Quick, new SecretPlace.Inline()).Output, StringComparison.Ordinal);

        Assert.Equal(0, Import(Quick, new SecretPlace.Folder(_folder.Path)).Code);
        var keyFile = _folder.File("wg0.key");
        Assert.Equal(PrivateKey + "\n", File.ReadAllText(keyFile));
        Assert.Equal(PresharedKey + "\n", File.ReadAllText(_folder.File("wg0-peer1.psk")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(keyFile));
        }

        // The same key may lie there already; another one is not overwritten.
        Assert.Equal(0, Import(Quick, new SecretPlace.Folder(_folder.Path)).Code);
        File.WriteAllText(_folder.File("wg0-peer1.psk"), PrivateKey + "\n");
        Assert.Equal(1, Import(Quick, new SecretPlace.Folder(_folder.Path)).Code);
    }

    [Fact]
    public async Task What_was_imported_exports_to_the_same_settings()
    {
        var yaml = _folder.Write("pipeline.yaml", Import(Quick, new SecretPlace.Folder(_folder.Path)).Output);
        using var hidden = new StringWriter();
        using var shown = new StringWriter();
        using var error = new StringWriter();

        Assert.Equal(0, ExportCommand.Run(yaml, withSecrets: false, hidden, error));
        Assert.Equal(0, ExportCommand.Run(yaml, withSecrets: true, shown, error));

        Assert.DoesNotContain(PrivateKey, hidden.ToString(), StringComparison.Ordinal);
        Assert.Contains($"PrivateKey = {PrivateKey}", shown.ToString(), StringComparison.Ordinal);
        await Verifier.Verify(hidden.ToString().Replace(_folder.Path, "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "there is no [Interface]")]
    [InlineData("[Interface]\nPrivateKey", "2: a line is Key = Value")]
    [InlineData("PrivateKey = x\n[Interface]", "1: this setting is outside a section")]
    [InlineData("[Interface]\n[Else]", "2: only [Interface] and [Peer] are sections")]
    [InlineData("[Interface]\nAddress = 10.0.0.1/24", "[Interface] has no PrivateKey")]
    [InlineData("[Interface]\nPrivateKey = x\n[Peer]\nAllowedIPs = 10.0.0.0/8", "peer 1 has no PublicKey")]
    [InlineData("[Interface]\nPrivateKey = x\nAddress = 10.0.0.1/99", "Address '10.0.0.1/99' is no address or prefix")]
    public void Mistakes_are_named(string text, string message)
    {
        var (code, output, error) = Import(text, new SecretPlace.Nowhere());

        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    /// <summary>What 'wg' or the pipeline would refuse is refused here, with the line of this file, and no key file is left behind.</summary>
    [Theory]
    [InlineData("ListenPort = https", 3)]
    [InlineData("ListenPort = 70000", 3)]
    [InlineData("ListenPort = 0x1234", 3)]
    [InlineData("ListenPort = -5", 3)]
    [InlineData("ListenPort =", 3)]
    [InlineData("MTU = abc", 3)]
    [InlineData("MTU = 99999", 3)]
    [InlineData("FwMark = red", 3)]
    [InlineData("Table = vpn", 3)]
    [InlineData("Address = 10.0.0.1/24, 10.0.0.1/24", 3)]
    [InlineData("[Peer]\nPublicKey = KEY\nPersistentKeepalive = 25s", 5)]
    [InlineData("[Peer]\nPublicKey = KEY\nPersistentKeepalive = -1", 5)]
    [InlineData("[Peer]\nPublicKey = KEY\nPersistentKeepalive = 65536", 5)]
    [InlineData("[Peer]\nPublicKey = KEY\nEndpoint = 192.0.2.1", 5)]
    [InlineData("[Peer]\nPublicKey = KEY\nEndpoint = 192.0.2.1:0", 5)]
    [InlineData("[Peer]\nPublicKey = KEY\nEndpoint = 2001:db8::1:51820", 5)]
    [InlineData("[Peer]\nPublicKey = KEY\nEndpoint =", 5)]
    [InlineData("[Peer]\nPublicKey = short", 4)]
    [InlineData("[Peer]\nPublicKey = KEY\nPresharedKey = short", 5)]
    [InlineData("[Peer]\nPublicKey = KEY\n[Peer]\nPublicKey = KEY", 6)]
    [InlineData("[Peer]\nPublicKey = KEY\nAllowedIPs = 10.1/16", 5)]
    [InlineData("[Peer]\nPublicKey = KEY\nAllowedIPs = 10.0.0.0/8\n[Peer]\nPublicKey = OTHER\nAllowedIPs = 10.0.0.0/8", 8)]
    [InlineData("ListenPort = 5\"\u0085plugin-paths: [\"x\"]\u0085control: \"y", 3)]
    [InlineData("MTU = 1400\u2028plugin-paths: [x]", 3)]
    [InlineData("ListenPort = 5\u200b", 3)]
    public void What_check_would_refuse_is_refused_with_its_line(string settings, int line)
    {
        var text = "[Interface]\nPrivateKey = " + PrivateKey + "\n"
            + settings.Replace("KEY", "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=", StringComparison.Ordinal)
                .Replace("OTHER", "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=", StringComparison.Ordinal);
        var (code, output, error) = Import(text, new SecretPlace.Folder(_folder.Path));

        Assert.Equal((2, ""), (code, output));
        Assert.True(error.Contains($"line {line}:", StringComparison.Ordinal) || error.Contains($"error: {line}:", StringComparison.Ordinal), error);
        Assert.DoesNotContain(PrivateKey, error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("wg0.key")));
    }

    [Fact]
    public void What_check_would_warn_of_is_said_with_its_line()
    {
        var (code, output, error) = Import($"""
            [Interface]
            PrivateKey = {PrivateKey}
            Address = 10.99.0.1/24
            [Peer]
            PublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=
            AllowedIPs = 0.0.0.0/1, 128.0.0.0/1
            Endpoint = 203.0.113.7:51820
            """, new SecretPlace.Inline());
        Assert.Equal(0, code);
        Assert.Contains("allowed-ips: [0.0.0.0/1, 128.0.0.0/1]", output, StringComparison.Ordinal);
        Assert.Contains("warning: line ", error, StringComparison.Ordinal);
        Assert.Contains("the route 128.0.0.0/1 leads the datagrams to 203.0.113.7:51820 into the tunnel itself", error, StringComparison.Ordinal);
    }

    /// <summary>What 'wg' takes and the pipeline writes otherwise.</summary>
    [Theory]
    [InlineData("PersistentKeepalive = OFF", "keepalive", false)]
    [InlineData("PersistentKeepalive = 0", "keepalive", false)]
    [InlineData("Endpoint = 192.0.2.1 : 51820", "endpoint: 192.0.2.1:51820", true)]
    [InlineData("AllowedIPs = 10.0.0.7, 10.0.0.7", "allowed-ips: [10.0.0.7/32]", true)]
    public void What_wg_takes_is_taken(string setting, string expected, bool isThere)
    {
        var (code, output, error) = Import(
            $"[Interface]\nPrivateKey = {PrivateKey}\n[Peer]\nPublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\n{setting}", new SecretPlace.Inline());
        Assert.True(code == 0, error);
        Assert.Equal(isThere, output.Contains(expected, StringComparison.Ordinal));
    }

    /// <summary>Where wg-quick would lead the traffic, and by which mark it keeps the tunnel's own datagrams out of it.</summary>
    [Theory]
    [InlineData("", "0.0.0.0/0, ::/0, 10.81.0.0/16", "routes: auto", "fwmark: 51820", null, "")]
    [InlineData("FwMark = 0xca6c", "0.0.0.0/0", "routes: auto", "fwmark: 0xca6c", null, "FwMark = 0xca6c\n")]
    [InlineData("FwMark = off", "10.81.0.0/16", "routes: auto", null, null, "")]
    [InlineData("Table = 1234", "0.0.0.0/0", "routes: auto", null, "table: 1234", "Table = 1234\n")]
    [InlineData("Table = auto", "10.81.0.0/16", "routes: auto", null, null, "")]
    [InlineData("Table = off", "0.0.0.0/0", null, null, null, "Table = off\n")]
    public void Routes_table_and_mark_are_those_of_wg_quick(string setting, string allowed, string? routes, string? mark, string? table, string exported)
    {
        var (code, yaml, error) = Import(
            $"[Interface]\nPrivateKey = {PrivateKey}\n{setting}\n[Peer]\nPublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\nAllowedIPs = {allowed}\n",
            new SecretPlace.Inline());
        Assert.Equal((0, ""), (code, error));
        foreach (var (key, expected) in new[] { ("routes:", routes), ("fwmark:", mark), ("table:", table) })
        {
            Assert.Equal(expected, yaml.Split('\n').Select(line => line.Trim()).SingleOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)));
        }

        using var quick = new StringWriter { NewLine = "\n" };
        Assert.Equal(0, ExportCommand.Run(_folder.Write("pipeline.yaml", yaml), withSecrets: false, quick, TextWriter.Null));
        Assert.Contains(exported, quick.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null.conf", true)]
    [InlineData("wg:0.conf", false)]
    [InlineData("a b.conf", false)]
    [InlineData("my-very-long-provider.conf", false)]
    public void The_files_name_is_the_devices(string name, bool isValid)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = ImportCommand.Run(_folder.Write(name, $"[Interface]\nPrivateKey = {PrivateKey}\n"), new SecretPlace.Inline(), Plugins, output, error);
        Assert.Equal(isValid ? 0 : 2, code);
        Assert.Contains(isValid ? "device: \"null\"" : "is not a valid device name", isValid ? output.ToString() : error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_refused()
    {
        using var error = new StringWriter { NewLine = "\n" };
        Assert.Equal(2, ImportCommand.Run(_folder.Path, new SecretPlace.Inline(), Plugins, TextWriter.Null, error));
        Assert.Equal($"{_folder.Path}: error: the file cannot be read: it is a folder; give the path of a wg-quick file\n", error.ToString());
    }

    [Fact]
    public void A_file_without_end_is_refused()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(2, ImportCommand.Run(_folder.Write("wg0.conf", new string('x', 2_000_000)), new SecretPlace.Inline(), Plugins, output, error));
        Assert.Contains("no wg-quick file", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("keepalive: 1m30s", "", "PersistentKeepalive = 90", "")]
    [InlineData("keepalive: 100ms", "", "PersistentKeepalive = 1\n", "")]
    [InlineData("keepalive: 0s", "", "ListenPort = 51820", "")]
    [InlineData("keepalive: 0s", "routes: [10.81.0.0/16]", "AllowedIPs = 10.99.0.2/32, 10.81.0.0/16", "")]
    [InlineData("keepalive: 0s", "routes: [10.82.0.0/16]", "Table = off", "10.82.0.0/16")]
    [InlineData("keepalive: 0s", "", "Table = off", "other ones than wg-quick makes")]
    public void Values_are_exported_as_they_are_meant(string peer, string tun, string expected, string remark)
    {
        var yaml = _folder.Write("pipeline.yaml", $"""
            stages:
              - {"{"}stage: tun, device: wg0, addresses: [10.99.0.1/24]{(tun.Length == 0 ? "" : ", " + tun)}{"}"}
              - stage: encrypt
                private-key-file: wg0.key
                peers:
                  - {"{"}public-key: "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=", allowed-ips: [10.99.0.2/32, 10.81.0.0/16], {peer}{"}"}
              - {"{"}stage: udp, listen: "192.0.2.1:51820"{"}"}
            """);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter();
        Assert.Equal(0, ExportCommand.Run(yaml, withSecrets: false, output, error));
        Assert.Contains(expected, output.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains(remark, error.ToString(), StringComparison.Ordinal);
        Assert.Contains("not on 192.0.2.1 alone", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(expected != "Table = off" && tun.Contains("10.81", StringComparison.Ordinal), !output.ToString().Contains("Table", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_suite_cannot_be_exported()
    {
        var yaml = _folder.Write("pipeline.yaml", "stages:\n  - {stage: encrypt, suite: aegis-256}\n");
        using var output = new StringWriter();
        using var error = new StringWriter();

        Assert.Equal(2, ExportCommand.Run(yaml, withSecrets: false, output, error));
        Assert.Contains("suite 'aegis-256' is Culvert's own", error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private (int Code, string Output, string Error) Import(string text, SecretPlace place)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = ImportCommand.Run(_folder.Write("wg0.conf", text), place, Plugins, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
