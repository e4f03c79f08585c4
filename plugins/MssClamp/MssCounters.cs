using Culvert.Counters;

namespace Culvert.Plugins.MssClamp;

/// <summary>The clamp's counters per address family, for one direction. Belongs to that direction's thread.</summary>
internal sealed class MssCounters
{
    private const int NotIp = (int)MssOutcome.NotIp;

    /// <summary>In the order of <see cref="MssOutcome"/>.</summary>
    private static readonly (string Name, string Description)[] _outcomes =
    [
        ("clamped", "SYNs whose MSS exceeded the limit and was lowered."),
        ("already-small", "SYNs whose MSS does not exceed the limit."),
        ("no-mss-option", "SYNs that announce no MSS and were left so."),
        ("inserted", "SYNs that announced no MSS and were given one."),
        ("malformed-option", "SYNs with a TCP option whose length cannot be; that option was not touched."),
        ("not-a-syn", "TCP segments without the SYN bit."),
        ("not-tcp", "Packets of other protocols."),
        ("fragment", "Fragments without a whole TCP header."),
        ("truncated", "Packets shorter than their IP header says."),
        ("malformed-tcp", "TCP segments whose data offset cannot be, or whose header is cut."),
    ];

    private readonly BatchCounter[] _ipv4;
    private readonly BatchCounter[] _ipv6;
    private readonly BatchCounter _ipv4Duplicate;
    private readonly BatchCounter _ipv6Duplicate;
    private readonly BatchCounter _notIp;

    /// <summary>Declares the counters of a direction.</summary>
    public MssCounters(CounterSet counters, string direction)
    {
        var way = KeyValuePair.Create("direction", direction);
        (_ipv4, _ipv4Duplicate) = Declare(counters, way, MssFamily.Ipv4);
        (_ipv6, _ipv6Duplicate) = Declare(counters, way, MssFamily.Ipv6);
        _notIp = new(counters.Create(
            "not-ip", "packets", "Packets that are neither IPv4 nor IPv6, or whose IP headers are broken.", way));
    }

    /// <summary>Counts one packet.</summary>
    public void Note(MssResult result)
    {
        var family = result.IsIpv6 ? _ipv6 : _ipv4;
        if (result.Outcome == MssOutcome.NotIp)
        {
            _notIp.Increment();
            return;
        }

        family[(int)result.Outcome].Increment();
        if (result.IsDuplicate)
        {
            (result.IsIpv6 ? _ipv6Duplicate : _ipv4Duplicate).Increment();
        }

        if (result.IsMalformed && result.Outcome != MssOutcome.MalformedOption)
        {
            family[(int)MssOutcome.MalformedOption].Increment();
        }
    }

    /// <summary>Publishes what was counted since the last call; once a batch.</summary>
    public void Publish()
    {
        for (var outcome = 0; outcome < NotIp; outcome++)
        {
            _ipv4[outcome].Publish();
            _ipv6[outcome].Publish();
        }

        _ipv4Duplicate.Publish();
        _ipv6Duplicate.Publish();
        _notIp.Publish();
    }

    private static (BatchCounter[] Outcomes, BatchCounter Duplicate) Declare(
        CounterSet counters, KeyValuePair<string, string> way, MssFamily family)
    {
        var kind = KeyValuePair.Create("family", family.Key);
        var outcomes = _outcomes.Select(outcome => new BatchCounter(
            counters.Create(outcome.Name, "packets", outcome.Description, way, kind)));
        return ([.. outcomes], new(counters.Create(
            "duplicate", "packets", "SYNs with two or more MSS options; each was held to the limit.", way, kind)));
    }
}
