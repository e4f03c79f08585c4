using Culvert.Counters;

namespace Framework.Tests.Counters;

public sealed class DropReasonTests
{
    private readonly CounterSet _counters = new();

    [Theory]
    [InlineData("dropped")]
    [InlineData("drop")]
    [InlineData("drops")]
    public void A_meaningless_drop_reason_is_refused(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => _counters.DropReason(name, "Packets that are dropped."));
        Assert.Contains("does not say why", error.Message, StringComparison.Ordinal);
        Assert.Empty(_counters.All);
    }

    [Theory]
    [InlineData("Bad Name!")]
    [InlineData("BadName")]
    [InlineData("bad_name")]
    [InlineData("bad--name")]
    [InlineData("-bad")]
    [InlineData("bad-")]
    [InlineData("9-lives")]
    [InlineData("ünder")]
    public void A_name_that_is_not_kebab_case_is_refused(string name)
    {
        Assert.Contains("lower-case words", Assert.Throws<ArgumentException>(() => _counters.DropReason(name, "X.")).Message, StringComparison.Ordinal);
        Assert.Contains("lower-case words", Assert.Throws<ArgumentException>(() => _counters.Create(name, "packets", "X.")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fault")]
    [InlineData("undeliverable")]
    [InlineData("stopped")]
    [InlineData("stuck")]
    [InlineData("discarded")]
    public void The_reasons_of_the_host_are_reserved(string name) =>
        Assert.Contains("host", Assert.Throws<ArgumentException>(() => _counters.DropReason(name, "X.")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_name_is_a_counter_or_a_reason_but_not_both()
    {
        _counters.Create("odd", "packets", "Odd packets.");
        Assert.Throws<ArgumentException>(() => _counters.DropReason("odd", "Odd packets."));
        _counters.DropReason("even", "Even packets.");
        Assert.Throws<ArgumentException>(() => _counters.Create("even", "packets", "Even packets."));
    }

    [Fact]
    public void Tools_distinguish_drop_reasons_from_counters()
    {
        _counters.Create("seen", "packets", "Packets that were seen.");
        var reason = _counters.DropReason("bad-checksum", "Packets whose checksum is wrong.", KeyValuePair.Create("protocol", "tcp"));
        Assert.Equal([false, true], _counters.All.Select(counter => counter.IsDropReason));
        Assert.Equal("bad-checksum{protocol=tcp}: 0 packets", reason.ToString());
    }

    [Fact]
    public void A_second_lane_gets_the_reason_of_the_first()
    {
        var first = _counters.DropReason("odd", "Odd packets.");
        var second = _counters.DropReason("odd", "Odd packets.");
        first.Count(1);
        second.Count(2);
        Assert.Equal((3, 3), (first.Value, second.Value));
        Assert.Single(_counters.All);
    }
}
