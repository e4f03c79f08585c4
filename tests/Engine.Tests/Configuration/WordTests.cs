using Culvert.Engine.Configuration;
using Culvert.Engine.Configuration.Binding;
using Culvert.Options;

namespace Engine.Tests.Configuration;

/// <summary>Small pure parts: spelling, suggestions, durations.</summary>
public sealed class WordTests
{
    [Theory]
    [InlineData("Mtu", "mtu")]
    [InlineData("PathMtu", "path-mtu")]
    [InlineData("AllowedIps", "allowed-ips")]
    [InlineData("Ipv4", "ipv4")]
    [InlineData("Aes256Gcm", "aes-256-gcm")]
    [InlineData("Aegis128l", "aegis-128l")]
    public void A_name_is_spelt_in_kebab_case(string name, string expected) => Assert.Equal(expected, KebabCase.Of(name));

    [Theory]
    [InlineData("adress", "address")]
    [InlineData("mss_clamp", "mss-clamp")]
    [InlineData("MssClamp", "mss-clamp")]
    [InlineData("upd", "udp")]
    [InlineData("tn", "tun")]
    [InlineData("firewall", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void A_misspelled_word_finds_the_nearest_known_one(string word, string? expected) =>
        Assert.Equal(expected, Suggestion.Nearest(word, ["address", "mss-clamp", "udp", "tun", "encrypt"]));

    [Fact]
    public void A_word_of_a_megabyte_is_not_compared() => Assert.Null(Suggestion.Nearest(new string('a', 1 << 20), ["a"]));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("50us", 0.05)]
    [InlineData("1ms500us", 1.5)]
    [InlineData("500ms", 500)]
    [InlineData("25s", 25_000)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1d", 86_400_000)]
    public void A_duration_is_read(string text, double milliseconds)
    {
        Assert.True(Duration.TryRead(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
        Assert.True(Duration.TryRead(Duration.Write(duration), out var again));
        Assert.Equal(duration, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("25")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1.5s")]
    [InlineData("1 s")]
    [InlineData("1y")]
    [InlineData("99999999999d")]
    [InlineData("99999999999999999999s")]
    public void What_is_no_duration_is_not(string text) => Assert.False(Duration.TryRead(text, out _));
}
