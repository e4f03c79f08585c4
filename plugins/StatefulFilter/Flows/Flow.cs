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

    /// <summary>The timestamp from which on even an established flow makes room where there is none.</summary>
    public long QuietFrom;

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

    // A half-open or finished flow, the one that was idle for longest; else the established one that was quiet for longest, and long enough.
    static int ISharedEntry<FlowIdentity, Flow>.ChooseVictim(ReadOnlySpan<Flow> set, in FlowIdentity key, long now)
    {
        var (victim, best) = (-1, (IsEstablished: true, Since: now + 1));
        for (var i = 0; i < set.Length; i++)
        {
            var isEstablished = set[i].State > FlowState.Finished;
            var candidate = (isEstablished, isEstablished ? set[i].QuietFrom : set[i].Until);
            if (isEstablished == best.IsEstablished ? candidate.Item2 < best.Since : best.IsEstablished)
            {
                (victim, best) = (i, candidate);
            }
        }

        return victim;
    }
}
