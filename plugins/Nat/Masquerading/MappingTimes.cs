namespace Culvert.Plugins.Nat.Masquerading;

/// <summary>How long a mapping is known after the last packet of its host, in a clock's ticks. Immutable.</summary>
/// <param name="time">The clock.</param>
internal sealed class MappingTimes(TimeProvider time)
{
    // RFC 5382 REQ-5: 2 h 4 min for an established connection and 4 min otherwise; RFC 4787 REQ-5: 5 min for UDP; RFC 5508 REQ-2: 60 s.
    private readonly long _established = 7440 * time.TimestampFrequency;
    private readonly long _transitory = 240 * time.TimestampFrequency;
    private readonly long _udp = 300 * time.TimestampFrequency;
    private readonly long _echo = 60 * time.TimestampFrequency;

    /// <summary>Returns the time of a mapping in ticks.</summary>
    public long Of(PortSpace space, MappingState state) => space switch
    {
        PortSpace.Udp => _udp,
        PortSpace.Echo => _echo,
        _ => state == MappingState.TwoWay ? _established : _transitory,
    };
}
