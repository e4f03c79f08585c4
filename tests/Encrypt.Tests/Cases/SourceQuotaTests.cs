using System.Net;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Handshakes;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Tests.Support;
using Encrypt.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Encrypt.Tests.Cases;

/// <summary>Whose initiations are looked at during a flood, and whose first.</summary>
public sealed class SourceQuotaTests
{
    private const int Newcomers = 1000;

    private readonly FakeTimeProvider _time = new();
    private readonly SourceQuota _quota;

    public SourceQuotaTests() => _quota = new SourceQuota(new Clock(_time, Random.Shared));

    [Fact]
    public void A_source_that_calls_now_and_then_comes_before_the_others()
    {
        ExhaustOthers();
        Assert.Equal(SourceShare.Rare, Call("192.0.2.2:1"));
        Assert.Equal(SourceShare.Other, Call("192.0.2.2:1"));
        Assert.Equal(SourceShare.None, Call("192.0.2.2:1"));
        _time.Advance(TimeSpan.FromSeconds(4.2));
        Assert.Equal(SourceShare.Other, Call("192.0.2.2:1"));
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(SourceShare.Rare, Call("192.0.2.2:1"));
    }

    [Fact]
    public void What_exceeds_a_source_s_share_is_served_while_there_is_room()
    {
        Assert.Equal(2 + SourceQuota.OtherBurst, Admitted("198.51.100.1:1", 10_000));

        _time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(SourceQuota.OtherPerSecond / 200, Admitted("198.51.100.1:1", 10_000));
    }

    [Theory]
    [InlineData("198.51.100.1:1", "198.51.100.1:2")]
    [InlineData("[2001:db8::1]:1", "[2001:db8::2:0:0:1]:2")]
    public void Ports_and_addresses_of_one_network_are_one_source_and_take_turns(string first, string second)
    {
        ExhaustOthers();
        Assert.Equal(SourceShare.Rare, Call(first));
        Assert.Equal(SourceShare.Other, Call(second));
        Assert.Equal(SourceShare.None, Call(second));
    }

    [Fact]
    public void A_source_that_showed_a_cookie_is_among_the_first_again()
    {
        Call("192.0.2.2:1");
        Call("192.0.2.2:1");
        _quota.Forget(End.At("192.0.2.2:1"));
        Assert.Equal(SourceShare.Rare, Call("192.0.2.2:2"));
    }

    [Fact]
    public void What_found_no_place_has_not_had_its_turn()
    {
        var source = End.At("192.0.2.2:1");
        Assert.Equal(SourceShare.Rare, _quota.ShareOf(source, Now));
        Assert.Equal(SourceShare.Rare, _quota.ShareOf(source, Now));
    }

    [Theory]
    [InlineData(16_000, "ipv4")]
    [InlineData(65_536, "ipv4")]
    [InlineData(65_536, "one /64")]
    [InlineData(65_536, "/64s")]
    public void Newcomers_come_before_a_flood_of_many_sources(int sources, string kind)
    {
        // A second of the flood in which everything finds a place; then the newcomers call.
        DatagramEndpoint[] flood = [.. Enumerable.Range(0, sources).Select(i => Source(kind, i))];
        for (var i = 0; i < 200_000; i++)
        {
            Call(flood[i % sources]);
            _time.Advance(TimeSpan.FromMicroseconds(i % 2 * 10));
        }

        var first = Enumerable.Range(0, Newcomers).Count(i => Call($"10.{i >> 8}.{i & 255}.1:1") == SourceShare.Rare);
        Assert.InRange(first, Newcomers - 20, Newcomers);

        // Of the flood itself no source has another turn.
        Assert.InRange(flood.Count(source => _quota.ShareOf(source, Now) == SourceShare.Rare), 0, sources / 100);
    }

    [Fact]
    public void Sources_that_came_together_do_not_come_back_together()
    {
        DatagramEndpoint[] flood = [.. Enumerable.Range(0, 10_000).Select(i => Source("ipv4", i))];
        Array.ForEach(flood, source => Call(source));
        List<int> back = [];
        for (var second = 0; second < 16; second++)
        {
            back.Add(flood.Count(source => _quota.ShareOf(source, Now) == SourceShare.Rare));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, back[4]);
        Assert.InRange(back[10], 3_000, 7_000);
        Assert.Equal(10_000, back[15]);
    }

    [Fact]
    public void A_flood_allocates_nothing_once_it_has_begun()
    {
        var next = 0;
        SteadyState.AllocatesNothing(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 10_000; i++)
            {
                Call(DatagramEndpoint.FromBytes([10, (byte)(next >> 16), (byte)(next >> 8), (byte)next++], 1));
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }

    private long Now => _time.GetTimestamp();

    private static DatagramEndpoint Source(string kind, int i) => DatagramEndpoint.From(new IPEndPoint(
        kind switch
        {
            "ipv4" => new IPAddress([198, (byte)(18 + (i >> 16)), (byte)(i >> 8), (byte)i]),
            "one /64" => IPAddress.Parse($"2001:db8:f::{i:x}"),
            _ => IPAddress.Parse($"2001:db8:f:{i:x}::1"),
        },
        51820));

    private void ExhaustOthers() => Admitted("198.51.100.9:1", 2 + SourceQuota.OtherBurst + 1);

    private int Admitted(string source, int messages) => Enumerable.Range(0, messages).Count(_ => Call(source) != SourceShare.None);

    private SourceShare Call(string source) => Call(End.At(source));

    private SourceShare Call(in DatagramEndpoint source)
    {
        var share = _quota.ShareOf(source, Now);
        if (share != SourceShare.None)
        {
            _quota.Note(source, share, Now);
        }

        return share;
    }
}
