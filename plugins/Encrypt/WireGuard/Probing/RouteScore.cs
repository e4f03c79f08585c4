namespace Culvert.Plugins.Encrypt.WireGuard.Probing;

/// <summary>What probes of one way to a peer have shown: round trip, loss, and whether it answers. Told the time; pure but for its own state.</summary>
internal sealed class RouteScore
{
    private const int MaxOutstanding = 16;

    // The weights of RFC 6298 for the round trip, and half of it for loss, which takes longer to be known.
    private const double RoundTripWeight = 1.0 / 8;
    private const double LossWeight = 1.0 / 16;

    private static readonly TimeSpan _minWait = TimeSpan.FromSeconds(1);

    private readonly Queue<(ushort Id, TimeSpan At)> _outstanding = new();

    /// <summary>The smoothed round trip; null before the first answer.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>The smoothed share of lost probes, 0 to 1.</summary>
    public double Loss { get; private set; }

    /// <summary>Probes without an answer since the last one with.</summary>
    public int LostInARow { get; private set; }

    /// <summary>Whether the last probe that was decided was answered.</summary>
    public bool Answers => RoundTrip is not null && LostInARow == 0;

    /// <summary>The cost in milliseconds: the round trip, several times over where probes are lost. Smaller is better.</summary>
    public double Cost => (RoundTrip?.TotalMilliseconds ?? double.PositiveInfinity) * (1 + (8 * Loss));

    /// <summary>A probe was sent.</summary>
    public void HandleSent(TimeSpan now, ushort id)
    {
        if (_outstanding.Count == MaxOutstanding)
        {
            _outstanding.Dequeue();
        }

        _outstanding.Enqueue((id, now));
    }

    /// <summary>An answer came. Earlier probes without one are lost, and one that was given up counts as late, not as an answer.</summary>
    public void HandleAnswer(TimeSpan now, ushort id)
    {
        if (!_outstanding.Any(probe => probe.Id == id))
        {
            return;
        }

        while (_outstanding.TryDequeue(out var probe))
        {
            if (probe.Id == id)
            {
                var sample = now - probe.At;
                RoundTrip = RoundTrip is { } known ? known + ((sample - known) * RoundTripWeight) : sample;
                Loss -= Loss * LossWeight;
                LostInARow = 0;
                return;
            }

            NoteLost();
        }
    }

    /// <summary>Gives up probes that wait too long: a second, or four round trips.</summary>
    public void Advance(TimeSpan now)
    {
        var wait = RoundTrip * 4 is { } four && four > _minWait ? four : _minWait;
        while (_outstanding.TryPeek(out var probe) && now - probe.At >= wait)
        {
            _outstanding.Dequeue();
            NoteLost();
        }
    }

    private void NoteLost()
    {
        Loss += (1 - Loss) * LossWeight;
        LostInARow++;
    }
}
