using Culvert.Engine.Diagnostics;

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
}
