using Culvert.Endpoints.Flows;
using Culvert.Packets;

namespace Culvert.Plugins.StatefulFilter.Flows;

/// <summary>One flow in the table. What every packet needs comes first, to lie in as few cache lines as it can.</summary>
internal struct Flow : ISharedEntry<FlowIdentity, Flow>
{
    /// <summary>The flow's identity.</summary>
    public FlowIdentity Key;

    /// <summary>The timestamp from which on the flow is unknown.</summary>
    public long Until;

    /// <summary>The state.</summary>
    public FlowState State;

    /// <summary>The direction of the originator's packets.</summary>
    public Direction Origin;

    /// <summary>TCP: the side that sent the first SYN.</summary>
    public TcpSide Originator;

    /// <summary>TCP: the other side.</summary>
    public TcpSide Responder;

    /// <summary>TCP: the originator's start of a new connection over this open one, until the responder accepts it.</summary>
    public TcpSide Reopening;

    /// <inheritdoc/>
    public readonly long Expires => Until;

    /// <inheritdoc/>
    public readonly bool Has(in FlowIdentity key) => Key.Equals(key);

    // A half-open or finished flow, the one that was idle for longest; never an established one.
    static int ISharedEntry<FlowIdentity, Flow>.ChooseVictim(ReadOnlySpan<Flow> set, in FlowIdentity key)
    {
        var (victim, least) = (-1, long.MaxValue);
        for (var i = 0; i < set.Length; i++)
        {
            if (set[i].State <= FlowState.Finished && set[i].Until < least)
            {
                (victim, least) = (i, set[i].Until);
            }
        }

        return victim;
    }
}
