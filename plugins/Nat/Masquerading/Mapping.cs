using Culvert.Endpoints.Flows;

namespace Culvert.Plugins.Nat.Masquerading;

/// <summary>One mapping: a port of a host of this side, and the port of the shared address that stands for it.</summary>
internal struct Mapping : ISharedEntry<MappingKey, Mapping>
{
    /// <summary>The host and its port.</summary>
    public MappingKey Key;

    /// <summary>The timestamp from which on the mapping is unknown; 0 for a place that was never used.</summary>
    public long Until;

    /// <summary>The port of the shared address.</summary>
    public ushort External;

    /// <summary>The state.</summary>
    public MappingState State;

    /// <inheritdoc/>
    public readonly long Expires => Until;

    /// <inheritdoc/>
    public readonly bool Has(in MappingKey key) => Key.Is(key);

    /// <summary>
    /// Fair by host: first an unanswered mapping of a host that has more in the set than the newcomer's, then any mapping of a host that has
    /// at least two more, then an unanswered one of the same host. Hosts with the most go first, then what was idle for longest.
    /// </summary>
    static int ISharedEntry<MappingKey, Mapping>.ChooseVictim(ReadOnlySpan<Mapping> set, in MappingKey key, long now)
    {
        var own = CountOf(set, key);
        var (victim, best) = (-1, default((int Class, int Share, long Age)));
        for (var i = 0; i < set.Length; i++)
        {
            var share = CountOf(set, set[i].Key);
            var isUnanswered = set[i].State != MappingState.TwoWay;
            var rank = isUnanswered && share > own && !set[i].Key.IsOfHost(key) ? 3
                : share > own + 1 ? 2
                : isUnanswered && set[i].Key.IsOfHost(key) ? 1
                : 0;
            var candidate = (rank, share, -set[i].Until);
            if (rank > 0 && (victim < 0 || candidate.CompareTo(best) > 0))
            {
                (victim, best) = (i, candidate);
            }
        }

        return victim;
    }

    private static int CountOf(ReadOnlySpan<Mapping> set, in MappingKey key)
    {
        var count = 0;
        foreach (ref readonly var mapping in set)
        {
            count += mapping.Key.IsOfHost(key) ? 1 : 0;
        }

        return count;
    }
}
