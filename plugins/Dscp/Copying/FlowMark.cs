using Culvert.Endpoints.Flows;

namespace Culvert.Plugins.Dscp.Copying;

/// <summary>The DSCP of one flow's packets in the direction that is copied.</summary>
internal struct FlowMark : ISharedEntry<MarkKey, FlowMark>
{
    /// <summary>The flow, in the direction that is copied.</summary>
    public MarkKey Key;

    /// <summary>The timestamp from which on the flow is unknown.</summary>
    public long Until;

    /// <summary>The DSCP, 0 to 63.</summary>
    public byte Dscp;

    /// <inheritdoc/>
    public readonly long Expires => Until;

    /// <inheritdoc/>
    public readonly bool Has(in MarkKey key) => Key.Is(key);

    // The one that was idle for longest: a flow that loses its mark gets it again with its next packet.
    static int ISharedEntry<MarkKey, FlowMark>.ChooseVictim(ReadOnlySpan<FlowMark> set, in MarkKey key, long now)
    {
        var victim = 0;
        for (var i = 1; i < set.Length; i++)
        {
            victim = set[i].Until < set[victim].Until ? i : victim;
        }

        return victim;
    }
}
