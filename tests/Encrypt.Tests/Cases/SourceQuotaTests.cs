using Culvert.Plugins.Encrypt.WireGuard.Handshakes;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Encrypt.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Encrypt.Tests.Cases;

/// <summary>Whose initiations are looked at during a flood.</summary>
public sealed class SourceQuotaTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SourceQuota _quota;

    public SourceQuotaTests() => _quota = new SourceQuota(new Clock(_time, Random.Shared));

    [Fact]
    public void A_source_that_calls_now_and_then_needs_no_place_among_the_others()
    {
        ExhaustOthers();

        Assert.Equal(SourceQuota.PerSource, Admitted("192.0.2.2:1", 100));
        _time.Advance(TimeSpan.FromSeconds(1));
        ExhaustOthers();
        Assert.Equal(SourceQuota.PerSource, Admitted("192.0.2.2:1", 100));
    }

    [Fact]
    public void What_exceeds_a_source_s_share_is_served_while_there_is_room()
    {
        Assert.Equal(SourceQuota.PerSource + SourceQuota.OtherBurst, Admitted("198.51.100.1:1", 10_000));

        _time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(SourceQuota.OtherPerSecond / 200, Admitted("198.51.100.1:1", 10_000));
    }

    [Theory]
    [InlineData("198.51.100.1:1", "198.51.100.1:2")]
    [InlineData("[2001:db8::1]:1", "[2001:db8::2:0:0:1]:2")]
    public void Ports_and_addresses_of_one_network_are_one_source(string first, string second)
    {
        ExhaustOthers();
        Admitted(first, SourceQuota.PerSource);

        Assert.Equal(0, Admitted(second, 1));
    }

    [Fact]
    public void Many_sources_all_have_their_share()
    {
        ExhaustOthers();
        var admitted = Enumerable.Range(0, 10_000).Sum(i => Admitted($"10.1.{i >> 8}.{i & 255}:1", 1));
        Assert.Equal(10_000, admitted);
    }

    private void ExhaustOthers() => Admitted("198.51.100.9:1", SourceQuota.PerSource + SourceQuota.OtherBurst + 1);

    private int Admitted(string source, int messages)
    {
        var endpoint = End.At(source);
        return Enumerable.Range(0, messages).Count(_ => _quota.Admits(endpoint, _time.GetTimestamp()));
    }
}
