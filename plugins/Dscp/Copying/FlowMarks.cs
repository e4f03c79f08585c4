using System.Runtime.CompilerServices;
using Culvert.Counters;
using Culvert.Endpoints.Flows;
using Culvert.Wire;

namespace Culvert.Plugins.Dscp.Copying;

/// <summary>The DSCPs of flows, shared by lanes. Any thread may use it; nothing is allocated after construction.</summary>
/// <param name="time">The clock.</param>
/// <param name="evicted">Counts flows that made room.</param>
internal sealed class FlowMarks(TimeProvider time, Counter evicted)
{
    /// <summary>The most flows.</summary>
    public const int Capacity = 16_384;

    private const int Seconds = 300;

    private readonly SharedTable<MarkKey, FlowMark> _flows = new(Capacity);
    private readonly long _lifetime = Seconds * time.TimestampFrequency;

    /// <summary>Notes the DSCP of a packet of the direction that is copied.</summary>
    public void Note(in IpView ip, long now)
    {
        var key = new MarkKey(ip, isReversed: false);
        using var set = _flows.Hold(key);
        set.Claim(key, now, out var isEvicted) = new FlowMark { Key = key, Dscp = (byte)ip.Dscp, Until = now + _lifetime };
        if (isEvicted)
        {
            evicted.Increment();
        }
    }

    /// <summary>Finds the DSCP for a packet of the other direction.</summary>
    public bool TryFind(in IpView ip, long now, out int dscp)
    {
        var key = new MarkKey(ip, isReversed: true);
        using var set = _flows.Hold(key);
        ref var flow = ref set.Find(key, now);
        var isKnown = !Unsafe.IsNullRef(ref flow);
        dscp = isKnown ? flow.Dscp : 0;
        return isKnown;
    }
}
