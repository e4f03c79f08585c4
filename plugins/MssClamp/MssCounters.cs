using Culvert.Counters;

namespace Culvert.Plugins.MssClamp;

/// <summary>
/// What the clamp found, per address family, for one direction. Belongs to that direction's thread: packets are counted in plain
/// numbers and added to the published counters once a batch.
/// </summary>
internal sealed class MssCounters
{
    private const int Families = 2;

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

    private readonly long[] _pending = new long[Families * _outcomes.Length];
    private readonly Counter[] _published = new Counter[Families * _outcomes.Length];
    private readonly long[] _pendingDuplicates = new long[Families];
    private readonly Counter[] _duplicates = new Counter[Families];
    private readonly Counter _notIp;
    private long _pendingNotIp;

    /// <summary>Declares the counters of a direction.</summary>
    public MssCounters(CounterSet counters, string direction)
    {
        var way = KeyValuePair.Create("direction", direction);
        for (var family = 0; family < Families; family++)
        {
            var kind = KeyValuePair.Create("family", family == 0 ? MssFamily.Ipv4.Key : MssFamily.Ipv6.Key);
            for (var outcome = 0; outcome < _outcomes.Length; outcome++)
            {
                var (name, description) = _outcomes[outcome];
                _published[(family * _outcomes.Length) + outcome] = counters.Create(name, "packets", description, way, kind);
            }

            _duplicates[family] = counters.Create(
                "duplicate", "packets", "SYNs with two or more MSS options; each was held to the limit.", way, kind);
        }

        _notIp = counters.Create("not-ip", "packets", "Packets that are neither IPv4 nor IPv6, or whose IP header is broken.", way);
    }

    /// <summary>Counts one packet.</summary>
    public void Note(MssResult result)
    {
        if (result.Outcome == MssOutcome.NotIp)
        {
            _pendingNotIp++;
            return;
        }

        var family = result.IsIpv6 ? 1 : 0;
        _pending[(family * _outcomes.Length) + (int)result.Outcome]++;
        if (result.IsDuplicate)
        {
            _pendingDuplicates[family]++;
        }

        if (result.IsMalformed && result.Outcome != MssOutcome.MalformedOption)
        {
            _pending[(family * _outcomes.Length) + (int)MssOutcome.MalformedOption]++;
        }
    }

    /// <summary>Publishes what was counted since the last call; once a batch.</summary>
    public void Publish()
    {
        Move(_pending, _published);
        Move(_pendingDuplicates, _duplicates);
        _notIp.Add(_pendingNotIp);
        _pendingNotIp = 0;
    }

    private static void Move(long[] pending, Counter[] published)
    {
        for (var i = 0; i < pending.Length; i++)
        {
            if (pending[i] != 0)
            {
                published[i].Add(pending[i]);
                pending[i] = 0;
            }
        }
    }
}
