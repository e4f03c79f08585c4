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

        // A key that lies there is not overwritten.
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
        var code = ImportCommand.Run(_folder.Write("wg0.conf", text), place, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
