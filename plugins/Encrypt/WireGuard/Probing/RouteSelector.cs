namespace Culvert.Plugins.Encrypt.WireGuard.Probing;

/// <summary>
/// Chooses among the ways to a peer by what probes have shown: away from one that does not answer, at once; to a better one, or back to one that the
/// file prefers, when it has been that for a while. Pure but for its own state.
/// </summary>
/// <param name="count">The number of ways, the preferred one first.</param>
internal sealed class RouteSelector(int count)
{
    // Two lost in a row at 500 ms between them and 1 s of waiting: less than 2.5 s after the cut.
    private const int MaxLostInARow = 2;

    // While something comes from the peer, more: then the loss may be of one direction, or of chance.
    private const int MaxLostWhileHeard = 4;

    // What is gained must be worth the move: a third; a preferred one may cost a quarter more. Two milliseconds are noise.
    private const double BetterBy = 0.67;
    private const double PreferredMayCost = 1.25;
    private const double NoiseMilliseconds = 2;

    private static readonly TimeSpan _hysteresis = TimeSpan.FromSeconds(10);

    private readonly RouteScore[] _scores = [.. Enumerable.Range(0, count).Select(_ => new RouteScore())];
    private int _candidate = -1;
    private TimeSpan _candidateSince;

    /// <summary>What is known of a way.</summary>
    public RouteScore this[int route] => _scores[route];

    /// <summary>Whether any probe was answered, ever.</summary>
    public bool IsAnswered => Array.Exists(_scores, score => score.RoundTrip is not null);

    /// <summary>Returns the way to move to.</summary>
    /// <param name="now">The time.</param>
    /// <param name="active">The way in use.</param>
    /// <param name="isSilent">Whether nothing at all came from the peer for a second.</param>
    /// <returns>Null to stay.</returns>
    public int? Decide(TimeSpan now, int active, bool isSilent)
    {
        foreach (var score in _scores)
        {
            score.Advance(now);
        }

        if (_scores[active].LostInARow >= (isSilent ? MaxLostInARow : MaxLostWhileHeard))
        {
            _candidate = -1;
            return Best(active);
        }

        var better = Enumerable.Range(0, count).Where(route => route != active && IsBetter(route, active)).OrderBy(route => _scores[route].Cost).FirstOrDefault(-1);
        if (better != _candidate)
        {
            (_candidate, _candidateSince) = (better, now);
        }

        if (better < 0 || now - _candidateSince < _hysteresis)
        {
            return null;
        }

        _candidate = -1;
        return better;
    }

    private int? Best(int active)
    {
        var best = -1;
        for (var route = 0; route < count; route++)
        {
            if (route != active && _scores[route].Answers && (best < 0 || _scores[route].Cost < _scores[best].Cost))
            {
                best = route;
            }
        }

        return best < 0 ? null : best;
    }

    private bool IsBetter(int route, int active)
    {
        if (!_scores[route].Answers)
        {
            return false;
        }

        var (cost, known) = (_scores[route].Cost, _scores[active].Cost);
        return cost < (known * BetterBy) - NoiseMilliseconds || (route < active && cost <= (known * PreferredMayCost) + NoiseMilliseconds);
    }
}
