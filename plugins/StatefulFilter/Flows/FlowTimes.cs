namespace Culvert.Plugins.StatefulFilter.Flows;

/// <summary>How long a flow without packets stays known, by its state, in a clock's ticks. Immutable.</summary>
internal sealed class FlowTimes
{
    // RFC 5382 REQ-5 has 2 hours 4 minutes for established connections, RFC 4787 REQ-5 at least 2 minutes for UDP. Half-open flows of all
    // protocols have one time, so that the first to expire is the one that was idle for longest.
    private static readonly Dictionary<FlowState, int> _seconds = new()
    {
        [FlowState.Opening] = 30,
        [FlowState.Answered] = 30,
        [FlowState.OneWay] = 30,
        [FlowState.Fragments] = 30,
        [FlowState.Reset] = 10,
        [FlowState.Finished] = 60,
        [FlowState.Established] = 7440,
        [FlowState.Closing] = 240,
        [FlowState.TwoWay] = 180,
    };

    // Hosts send keepalives more often, or not at all.
    private const int QuietSeconds = 300;

    private readonly long[] _ticks;

    /// <summary>Converts the times to a clock's ticks.</summary>
    public FlowTimes(TimeProvider time)
    {
        _ticks = [.. Enum.GetValues<FlowState>().Select(state => _seconds[state] * time.TimestampFrequency)];
        Quiet = QuietSeconds * time.TimestampFrequency;
    }

    /// <summary>After how many ticks without a packet an established flow makes room in a full table.</summary>
    public long Quiet { get; }

    /// <summary>The time of a state in ticks.</summary>
    public long this[FlowState state] => _ticks[(int)state];
}
