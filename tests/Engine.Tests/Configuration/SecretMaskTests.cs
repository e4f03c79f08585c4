using Culvert.Engine.Diagnostics;
using Culvert.Engine.Loading;
using Culvert.Engine.Running;

namespace Engine.Tests.Configuration;

/// <summary>Values that could be keys are not shown, and everything else is.</summary>
public sealed class SecretMaskTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 37 + 11))];

    public static TheoryData<string> Keys =>
    [
        Convert.ToBase64String(Key), Convert.ToBase64String(Key).TrimEnd('='), Convert.ToHexString(Key), Convert.ToHexStringLower(Key),
    ];

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_key_is_masked_wherever_a_diagnostic_quotes_it(string key)
    {
        foreach (var text in new[] { $"'{key}'", $"unknown key '{key}'", $"'/etc/culvert/{key}' does not exist", key, $"[{key}, {key}]" })
        {
            var diagnostic = new Diagnostic(DiagnosticCodes.WrongType, new SourcePosition("pipeline.yaml"), text, $"write [{text}]");
            Assert.DoesNotContain(key[..20], diagnostic.ToString());
            Assert.Contains(SecretMask.Shown, diagnostic.Message);
        }
    }

    [Theory]
    [InlineData("'203.0.113.7:51820'")]
    [InlineData("'/usr/share/culvert/plugins/Transport.Udp/Transport.Udp.dll' does not exist")]
    [InlineData("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZ")]
    [InlineData("'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz'")]
    public void Other_text_is_shown(string text) => Assert.Equal(text, SecretMask.Apply(text));

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_key_in_any_option_of_a_file_is_not_shown(string key)
    {
        var found = Yaml.Load($"""
            {key}: 1
            lanes: {key}
            control: {key}
            metrics: {key}
            plugin-paths: [{key}]
            inspect: {key}
            stages:
              - {key}
              - stage: {key}
              - stage: tun
                id: {key}
                when: {key}
                on-fault: {key}
                enabled: {key}
                plugin: {key}
            """).Diagnostics;

        Assert.NotEmpty(found);
        Assert.All(found, diagnostic => Assert.DoesNotContain(key[..20], diagnostic.ToString()));
    }

    [Fact]
    public void A_path_that_looks_like_a_key_is_a_path_when_it_exists()
    {
        var folder = Directory.CreateTempSubdirectory("culvert-secret-");
        try
        {
            var path = new string('a', 20) + "/" + new string('b', 20) + "sA";
            Assert.True(SecretMask.IsKey(path));
            var text = $"plugin-paths: [{path}]\n{Yaml.Good}";
            Assert.Contains(Yaml.Load(text, folder.FullName).Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.WrongType);

            folder.CreateSubdirectory(path);
            Assert.Empty(Yaml.Load(text, folder.FullName).Diagnostics);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_stage_that_does_not_start_shows_no_key(string key)
    {
        var error = new PipelineStartException("udp", $"cannot resolve '{key}:51820'.", $"write another name than {key}.", new IOException());
        Assert.DoesNotContain(key[..20], error.Problem);
        Assert.Contains($"udp: cannot resolve '{SecretMask.Shown}:51820'; write", error.Problem);
    }

    [Theory]
    [InlineData("'/etc/culvert/0Dqup0B10EabXYZ123456=' does not exist")]
    [InlineData("the filter 'GKDE4rFA4Z0Y2f9y5qs+xgXBNgRjfU/0Dqup0B10…'")]
    public void What_is_left_of_a_key_is_masked(string text) => Assert.Contains(SecretMask.Shown, SecretMask.Apply(text));

    [Fact]
    public void A_secret_in_a_file_that_everybody_may_read_is_a_warning_once()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }

        var folder = Directory.CreateTempSubdirectory("culvert-secret-");
        try
        {
            var key = Convert.ToBase64String(Key);
            var file = Path.Combine(folder.FullName, "pipeline.yaml");
            File.WriteAllText(file, $"""
                stages:
                  - stage: tun
                    device: a
                  - stage: encrypt
                    private-key: "{key}"
                    peers: [{"{"}public-key: "{key}"{"}"}]
                  - stage: udp
                """);
            File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);
            var warning = Assert.Single(Load(), diagnostic => diagnostic.Code == DiagnosticCodes.RuleWarning);
            Assert.Contains("'private-key': every user of this machine may read or write the secret in", warning.Message);
            Assert.Contains("chmod 600", warning.Remedy);

            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Assert.DoesNotContain(Load(), diagnostic => diagnostic.Code == DiagnosticCodes.RuleWarning);

            IReadOnlyList<Diagnostic> Load() => new PipelineLoader(ModelStages.All).Load(file).Diagnostics;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
