using Culvert.Engine.Loading;
using Engine.Tests.Configuration;
using VerifyXunit;

namespace Engine.Tests.Planning;

/// <summary>Plans that are too small, in words.</summary>
public sealed class MtuCheckTests
{
    private static readonly (string Tun, string Udp)[] Small =
    [
        ("device: a", "path-mtu: 635"),
        ("device: a, mtu: 575", "path-mtu: 1500"),
        ("device: a, addresses: [\"fd99::1/64\"]", "path-mtu: 1339"),
        ("device: a, addresses: [\"fd99::1/64\"], mtu: 1279", "path-mtu: 1500"),
    ];

    private static readonly (string Tun, string Udp)[] Doubtful =
    [
        ("device: a", "path-mtu: 1339"),
        ("device: a, mtu: 1000", "path-mtu: 1500"),
        ("device: a, mtu: 1500", "path-mtu: 1500"),
        ("device: a, mtu: 1500", "path-mtu: 1000"),
    ];

    [Fact]
    public async Task A_plan_that_is_too_small_is_refused() =>
        await Verifier.Verify(Text(Small, loaded => Assert.False(loaded.IsValid)));

    [Fact]
    public async Task A_doubtful_plan_is_remarked_on() =>
        await Verifier.Verify(Text(Doubtful, loaded => Assert.True(loaded.IsValid)));

    [Theory]
    [InlineData("device: a, mtu: 576", "path-mtu: 1500")]
    [InlineData("device: a", "path-mtu: 636")]
    [InlineData("device: a, addresses: [\"fd99::1/64\"]", "path-mtu: 1340")]
    public void A_plan_at_the_limit_is_good_enough(string tun, string udp) => Assert.True(Load(tun, udp).IsValid);

    [Theory]
    [InlineData("device: a", "path-mtu: 1340")]
    [InlineData("device: a, mtu: 1440", "path-mtu: 1500")]
    public void A_plan_without_doubt_has_no_remark(string tun, string udp) => Assert.Empty(Load(tun, udp).Diagnostics);

    private static string Text((string Tun, string Udp)[] cases, Action<LoadedPipeline> judge)
    {
        List<string> text = [];
        foreach (var (tun, udp) in cases)
        {
            var loaded = Load(tun, udp);
            judge(loaded);
            text.Add($"tun: {{{tun}}}, udp: {{{udp}}}\n    {string.Join("\n    ", loaded.Diagnostics)}\n");
        }

        return string.Join("\n", text);
    }

    private static LoadedPipeline Load(string tun, string udp) => Yaml.Load($$"""
        stages:
          - {stage: tun, {{tun}}}
          - {stage: encrypt, private-key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=}
          - {stage: udp, {{udp}}}

        """);
}
