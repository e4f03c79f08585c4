namespace Culvert.Plugins.Encrypt.WireGuard.Probing;

/// <summary>What is known about the size of packets to a peer.</summary>
internal enum PathState
{
    /// <summary>Nothing yet: the plan's size is used.</summary>
    Assumed,

    /// <summary>A size was confirmed by a probe.</summary>
    Confirmed,

    /// <summary>Not even the smallest size passes: datagrams may be fragmented.</summary>
    Fragmented,

    /// <summary>No probe is answered; an ICMP message lowered the size.</summary>
    Reported,
}

/// <summary>
/// Searches for the largest packet that passes to one peer (RFC 8899), in bytes inside the tunnel. It starts with the plan's size and confirms it;
/// it falls only after ten probes in a row were lost while smaller ones were answered, which random loss of one in ten does once in ten million
/// tries; it looks for more ten minutes later. A pure state machine: it is told the time and what happened, and says what to send.
/// </summary>
/// <param name="overhead">What is added to a packet on its way to the path, in bytes.</param>
/// <param name="min">The smallest size that it goes down to; what does not pass then is fragmented.</param>
internal sealed class PathSearch(int overhead, int min)
{
    private const int FallTries = 10;
    private const int Tries = 4;
    private const int SmallProbe = 64;
    private const int MaxFirstId = 60_000;

    private static readonly TimeSpan RaiseAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan HintPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxRetry = TimeSpan.FromMinutes(1);

    private PathRound? _round;
    private TimeSpan? _retryAt;
    private TimeSpan? _raiseAt;
    private TimeSpan? _roundTrip;
    private TimeSpan _nextHint;
    private TimeSpan _retry = FirstRetry;
    private int _ceiling;
    private int _failed;

    // The question whether the peer knows probes has 0.
    private ushort _nextId = 1;
    private bool _hasSearchedUp;

    /// <summary>The largest packet that is sent.</summary>
    public int Size { get; private set; }

    public PathState State { get; private set; }

    /// <summary>Whether probes are answered; without it only reports count.</summary>
    public bool CanProbe { get; set; }

    /// <summary>The smallest size that did not pass; null when the plan's own passes, or none was tried.</summary>
    public int? Failed => _failed <= _ceiling && _failed > Size ? _failed : null;

    /// <summary>The size that the last ICMP message claimed; null for none.</summary>
    public int? Reported { get; private set; }

    /// <summary>Whether a round is under way.</summary>
    public bool IsSearching => _round is not null;

    /// <summary>The last round had no answer at all, not even to a small probe.</summary>
    public bool IsUnanswered { get; private set; }

    private int Min => Math.Min(min, _ceiling);

    /// <summary>Sets the plan's size, which is never exceeded.</summary>
    public void SetCeiling(int ceiling)
    {
        if (ceiling != _ceiling)
        {
            var wasAtCeiling = Size == _ceiling;
            (_ceiling, _failed) = (ceiling, ceiling + 1);
            Size = wasAtCeiling && State == PathState.Assumed ? ceiling : Math.Min(Size == 0 ? ceiling : Size, ceiling);
            _hasSearchedUp = false;
        }
    }

    /// <summary>The path may be another one: the size is confirmed, and more is looked for at once.</summary>
    public void Restart()
    {
        (_round, _failed, _hasSearchedUp) = (null, _ceiling + 1, false);
        Verify();
    }

    /// <summary>Asks whether the current size still passes.</summary>
    public void Verify(int? hint = null)
    {
        if (_round is { IsRaise: false } || !CanProbe)
        {
            return;
        }

        if (State == PathState.Fragmented)
        {
            Raise();
        }
        else
        {
            var sizes = PathSizes.Common(Min, Size, overhead).Append(Min);
            sizes = hint is { } said && said > Min && said < Size ? sizes.Append(said) : sizes;
            Begin(isRaise: false, Size, sizes.Where(size => size < Size).Distinct().OrderDescending());
        }
    }

    /// <summary>Takes the acknowledgment of a probe.</summary>
    public void Acknowledge(TimeSpan now, ushort id)
    {
        if (_round?.Acknowledge(now, id) is { } sample)
        {
            _roundTrip = _roundTrip is { } usual ? (usual * 0.75) + (sample * 0.25) : sample;
        }
    }

    /// <summary>Takes an ICMP message's claim: a hint that a probe confirms; where none is answered, it counts for ten minutes.</summary>
    /// <param name="now">The time.</param>
    /// <param name="size">The largest packet that is said to pass.</param>
    public void Report(TimeSpan now, int size)
    {
        if (size >= Size && State != PathState.Fragmented)
        {
            return;
        }

        Reported = size;
        if (!CanProbe)
        {
            var floor = Math.Min(PathSizes.Base, _ceiling);
            (Size, State) = (Math.Clamp(size, floor, _ceiling), size < floor ? PathState.Fragmented : PathState.Reported);
            (_failed, _raiseAt) = (Size + 1, now + RaiseAfter);
        }
        else if (now >= _nextHint && _round is null)
        {
            _nextHint = now + HintPause;
            Verify(size);
        }
    }

    /// <summary>Sends what is due and draws the conclusions.</summary>
    /// <param name="now">The time.</param>
    /// <param name="send">Sends a probe of some size and id.</param>
    /// <returns>When to be called again; null for not before something happens.</returns>
    public TimeSpan? Advance(TimeSpan now, Action<int, ushort> send)
    {
        while (true)
        {
            if (_round is { } round)
            {
                if (round.Advance(now, _roundTrip, send) is { } next)
                {
                    return next;
                }

                _round = null;
                Conclude(now, round);
                continue;
            }

            if (_raiseAt is { } raise && now >= raise)
            {
                _raiseAt = null;
                BeginRaise();
                continue;
            }

            if (_retryAt is { } retry && now >= retry)
            {
                _retryAt = null;
                Verify();
                continue;
            }

            return Earliest(_raiseAt, _retryAt);
        }
    }

    private void Conclude(TimeSpan now, PathRound round)
    {
        IsUnanswered = !round.IsAnswered;
        if (IsUnanswered)
        {
            // The path is down, or the peer answers no probe: that says nothing about sizes.
            _retryAt = now + _retry;
            _retry = _retry * 2 < MaxRetry ? _retry * 2 : MaxRetry;
            return;
        }

        (_retry, _retryAt) = (FirstRetry, null);
        var passed = round.Passed!.Value;
        if (!round.IsRaise || State == PathState.Fragmented)
        {
            (Size, State) = (Math.Max(passed, Min), passed >= Min ? PathState.Confirmed : PathState.Fragmented);
        }
        else
        {
            Size = Math.Max(Size, passed);
        }

        _failed = round.Failed is { } failed && failed > Size ? failed : _failed <= Size ? _ceiling + 1 : _failed;
        Continue(now);
    }

    /// <summary>Narrows the gap between what passes and what does not; when it is small, waits until it is time to look for more.</summary>
    private void Continue(TimeSpan now)
    {
        if (State == PathState.Fragmented)
        {
            _raiseAt = now + RaiseAfter;
        }
        else if (_failed <= _ceiling && _failed - Size > PathSizes.Granularity)
        {
            var sizes = PathSizes.Between(Size, _failed, overhead);
            Begin(isRaise: true, sizes[0], sizes.Skip(1));
        }
        else if (Size < _ceiling && !_hasSearchedUp && _failed > _ceiling)
        {
            Raise();
        }
        else
        {
            _raiseAt = Size < _ceiling ? _raiseAt ?? now + RaiseAfter : null;
        }
    }

    private void BeginRaise()
    {
        if (CanProbe)
        {
            Raise();
        }
        else
        {
            (Size, State, _failed) = (_ceiling, PathState.Assumed, _ceiling + 1);
        }
    }

    /// <summary>Tries the plan's size, and the next larger one to see whether anything is to be found below it.</summary>
    private void Raise()
    {
        _hasSearchedUp = true;
        _failed = _ceiling + 1;
        int[] sizes = State == PathState.Fragmented
            ? [_ceiling, PathSizes.Base, Min] : [_ceiling, Size + PathSizes.Granularity];
        var wanted = sizes.Where(size => size <= _ceiling).Distinct().OrderDescending().ToArray();
        Begin(isRaise: true, wanted[0], wanted[1..]);
    }

    // A small probe beside the others tells a path that is narrow from one that is down.
    private void Begin(bool isRaise, int top, IEnumerable<int> others)
    {
        List<PathRound.Trial> trials =
            [new(top, isRaise ? Tries : FallTries), .. others.Select(size => new PathRound.Trial(size, Tries)), new(SmallProbe, FallTries)];

        _round = new PathRound(isRaise, trials, _nextId);
        _nextId = (ushort)(_nextId < MaxFirstId ? _nextId + trials.Count : 1);
    }

    private static TimeSpan? Earliest(TimeSpan? one, TimeSpan? other) =>
        one is { } first && other is { } second ? first < second ? first : second : one ?? other;
}
