using System.Net;
using Culvert.Options;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Culvert.Testing;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>Mistakes in the options, each with its key path.</summary>
public sealed class ValidationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-encrypt-");
    private readonly (InlineKey Private, PublicKey Public) _own = End.NewKey();

    [Fact]
    public void Valid_options_have_no_findings() => Assert.Empty(Validate(Options(Peer())));

    [Fact]
    public void A_private_key_must_be_given_once()
    {
        Assert.Contains("error: 'encrypt': private-key-file: missing", Validate(new EncryptOptions()));
        Assert.Empty(Validate(new EncryptOptions { Uapi = new UapiName(true, null) }));
        var both = Options() with { PrivateKeyFile = KeyFile("a", ValidText()) };
        Assert.Contains("error: 'encrypt': private-key-file: given together with private-key", Validate(both));
    }

    [Theory]
    [InlineData("")]
    [InlineData("c2hvcnQ=")]
    [InlineData("not base64 at all, but of forty-four letters")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=")] // bits that are left over
    [InlineData("AAAAAAAAAAAAAAAAAAAA AAAAAAAAAAAAAAAAAAAAAAA=")]
    public void A_key_file_must_hold_a_key(string content)
    {
        var report = Validate(new EncryptOptions { PrivateKeyFile = KeyFile("bad", content) });

        Assert.Contains("error: 'encrypt': private-key-file: 'bad' does not contain the base64 form of 32 bytes", report);
        Assert.DoesNotContain(report, line => content.Length > 0 && line.Contains(content, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\n", "\n")]
    [InlineData("\r\n\t ", "\r\n\r\n")]
    public void White_space_around_a_key_does_not_matter(string before, string after) =>
        Assert.Empty(Validate(new EncryptOptions { PrivateKeyFile = KeyFile("spaced", before + ValidText() + after) }));

    [Fact]
    public void A_private_key_of_zeros_is_none() => Assert.Contains(
        "error: 'encrypt': private-key-file: not a valid private key: all zeros",
        Validate(new EncryptOptions { PrivateKeyFile = KeyFile("zeros", Convert.ToBase64String(new byte[32])) }));

    [Fact]
    public void A_key_file_must_exist() =>
        Assert.Contains("error: 'encrypt': private-key-file: 'none' does not exist", Validate(new EncryptOptions { PrivateKeyFile = Secret("none") }));

    [Fact]
    public void A_key_file_that_everybody_may_read_is_a_warning()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }

        var file = KeyFile("open", ValidText());
        File.SetUnixFileMode(file.Path.Full, (UnixFileMode)0b110_100_100);

        Assert.Contains("warning: 'encrypt': private-key-file: every user of this machine may read", Assert.Single(Validate(new EncryptOptions { PrivateKeyFile = file })));
    }

    [Fact]
    public void Peers_are_checked_each()
    {
        var first = Peer();
        var report = Validate(Options(
            first,
            first with { AllowedIps = [IPNetwork.Parse("10.3.0.0/16"), IPNetwork.Parse("10.3.0.0/16")] },
            Peer("10.2.0.0/16"),
            Peer("10.2.0.0/16"),
            Peer() with { PublicKey = _own.Public, AllowedIps = [IPNetwork.Parse("10.4.0.0/16")] },
            Peer() with { PublicKey = new PublicKey(new byte[32]), AllowedIps = [] }));

        Assert.Equal(
            [
                "error: 'encrypt': peers[1].public-key: peers[0] has the same public key",
                "error: 'encrypt': peers[4].public-key: the public key of this side, not of the peer",
                "error: 'encrypt': peers[5].public-key: not the public key of any private key",
                "warning: 'encrypt': peers[1].allowed-ips[1]: 10.3.0.0/16 is listed twice",
                "error: 'encrypt': peers[3].allowed-ips[0]: peers[2] has 10.2.0.0/16 already, and packets can go to only one of them",
                "warning: 'encrypt': peers[5].allowed-ips: empty, so nothing can be sent to or received from this peer",
            ],
            report);
    }

    [Fact]
    public void A_private_key_in_place_of_a_public_one_is_named_and_not_shown()
    {
        var report = Validate(Options(Peer() with { PublicKey = new PublicKey(_own.Private.Bytes) }));

        var finding = Assert.Single(report);
        Assert.Contains("peers[0].public-key: the private key of this side", finding);
        Assert.DoesNotContain(Convert.ToBase64String(_own.Private.Bytes), finding);
    }

    [Fact]
    public void A_name_is_one_peers_and_can_be_printed()
    {
        var longer = new string('n', 65);
        var report = Validate(Options(
            Peer("10.1.0.0/16") with { Name = "berlin" }, Peer("10.2.0.0/16") with { Name = "berlin" }, Peer("10.3.0.0/16") with { Name = "" },
            Peer("10.4.0.0/16") with { Name = "a\u001bb" }, Peer("10.5.0.0/16") with { Name = longer }, Peer("10.6.0.0/16") with { Name = "Straße 7" }));

        Assert.Equal(
            [
                "error: 'encrypt': peers[1].name: peers[0] has the same name", "error: 'encrypt': peers[2].name: not a valid name",
                "error: 'encrypt': peers[3].name: not a valid name", "error: 'encrypt': peers[4].name: not a valid name",
            ],
            report);
    }

    [Theory]
    [InlineData("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=", true)]
    [InlineData(" xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= ", true)]
    [InlineData("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg", false)]
    [InlineData("c2hvcnQ=", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_public_key_is_32_bytes_in_base64_and_a_bad_one_is_not_shown(string? text, bool isValid)
    {
        Assert.Equal(isValid, PublicKey.TryRead(new ScalarNode(text), out var key, out var error));
        Assert.Equal(isValid ? text!.Trim() : new PublicKey(new byte[32]).ToString(), key.ToString());
        Assert.Equal(isValid ? null : "not the base64 form of 32 bytes", error);
    }

    [Fact]
    public void A_preshared_key_is_checked_too()
    {
        var peer = Peer() with { PresharedKeyFile = KeyFile("psk", "no"), PresharedKey = null };

        Assert.Equal(["error: 'encrypt': peers[0].preshared-key-file: 'psk' does not contain the base64 form of 32 bytes"], Validate(Options(peer)));
    }

    [Theory]
    [InlineData(SuiteName.Aegis256, CipherLibrary.Openssl, "error: 'encrypt': cipher-library: 'openssl' has no cipher for 'suite: aegis-256' on this system")]
    [InlineData(SuiteName.Aegis128l, CipherLibrary.Cng, "error: 'encrypt': cipher-library: 'cng' has no cipher for 'suite: aegis-128l' on this system")]
    public void A_library_without_the_suite_is_an_error(SuiteName suite, CipherLibrary library, string expected)
    {
        Assert.Equal([expected], Validate(Options(Peer()) with { Suite = suite, CipherLibrary = library }));
        Assert.Empty(Validate(Options(Peer()) with { Suite = suite, CipherLibrary = CipherLibrary.Libsodium }));
    }

    [Fact]
    public void Another_systems_library_is_an_error()
    {
        var foreign = OperatingSystem.IsWindows() ? CipherLibrary.Openssl : CipherLibrary.Cng;

        Assert.Equal(
            [$"error: 'encrypt': cipher-library: '{foreign.ToName()}' has no cipher for 'suite: wireguard' on this system"],
            Validate(Options(Peer()) with { CipherLibrary = foreign }));
    }

    [Fact]
    public void A_key_in_the_options_is_not_printed() => Assert.DoesNotContain(ValidText(), Options(Peer()).ToString(), StringComparison.Ordinal);

    public void Dispose() => _folder.Delete(recursive: true);

    private EncryptOptions Options(params PeerOptions[] peers) => new() { PrivateKey = _own.Private, Peers = peers };

    private static PeerOptions Peer(string prefix = "10.1.0.0/16") =>
        new() { PublicKey = End.NewKey().Public, AllowedIps = [IPNetwork.Parse(prefix)] };

    private string ValidText() => Convert.ToBase64String(_own.Private.Bytes);

    private SecretFile Secret(string name) => new(new FilePath(name, Path.Combine(_folder.FullName, name)));

    private SecretFile KeyFile(string name, string content)
    {
        var file = Secret(name);
        File.WriteAllText(file.Path.Full, content + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file.Path.Full, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    private static List<string> Validate(EncryptOptions options)
    {
        var report = new OptionsRecorder("encrypt");
        EncryptStage.Validate(options, report);
        return [.. report.Findings.Select(finding => $"{(finding.IsError ? "error" : "warning")}: {finding.Message}")];
    }

    private sealed class ScalarNode(string? text) : OptionNode
    {
        public override string? Scalar => text;

        public override IReadOnlyList<OptionNode>? Items => null;

        public override IReadOnlyList<KeyValuePair<string, OptionNode>>? Entries => null;

        public override string BaseDirectory => "";

        public override string Describe() => "a value";
    }
}
