namespace Culvert.Engine.Running;

/// <summary>
/// Names in the log, while it lasts, what does not return: a stage that holds a batch, an endpoint that receives without waiting, a timer's callback or
/// posted work. Each is named once. The data path only notes when a batch began.
/// </summary>
internal sealed class StuckWatch : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly Func<IEnumerable<LaneDirection>> _directions;
    private readonly ServiceLoop _service;
    private readonly Dictionary<object, long> _named = [];
    private readonly Lock _gate = new();
    private readonly ITimer _timer;

    /// <param name="time">The clock.</param>
    /// <param name="limit">How long a batch or a callback may take before it is named.</param>
    /// <param name="directions">The directions of all lanes.</param>
    /// <param name="service">The service thread.</param>
    public StuckWatch(TimeProvider time, TimeSpan limit, Func<IEnumerable<LaneDirection>> directions, ServiceLoop service)
    {
        (_limit, _directions, _service) = (limit, directions, service);
        _timer = time.CreateTimer(_ => Look(), null, limit / 2, limit / 2);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_gate)
        {
            foreach (var direction in _directions())
            {
                if (direction.StuckSince(_limit) is { } since && direction.Holder is { } node && IsNew(direction, since))
                {
                    RunningLog.HoldsBatch(node.Unit.Logger, direction.Direction.ToString().ToLowerInvariant(), _limit.TotalSeconds);
                }
            }

            if (_service.StuckSince(_limit) is var (owner, at) && IsNew(_service, at))
            {
                RunningLog.HoldsService(owner.Unit.Logger, _limit.TotalSeconds);
            }
        }
    }

    private bool IsNew(object place, long since)
    {
        var known = _named.TryGetValue(place, out var named) && named == since;
        _named[place] = since;
        return !known;
    }
}
