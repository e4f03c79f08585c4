namespace Culvert.Plugins.Encrypt.WireGuard.Probing;

/// <summary>
/// One round of probes: some sizes, each sent until it is acknowledged or was lost so many times in a row that chance does not explain it. The
/// largest goes first and alone; the others follow when its answer does not come. What is smaller than an acknowledged size passes too.
/// Pure but for its own state.
/// </summary>
/// <param name="isRaise">Whether the round looks for more than the current size; else it asks whether the current size still passes.</param>
/// <param name="trials">The sizes, the largest first.</param>
/// <param name="firstId">The id of the first trial; the others count on.</param>
internal sealed class PathRound(bool isRaise, IReadOnlyList<PathRound.Trial> trials, ushort firstId)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan UnknownRoundTrip = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MinWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(3);

    private TimeSpan _nextSend;
    private TimeSpan _lastSent;
    private bool _isFirstPass = true;

    public bool IsRaise => isRaise;

    /// <summary>The size that the round is about.</summary>
    public Trial Top => trials[0];

    /// <summary>The largest size that was acknowledged; null for none.</summary>
    public int? Passed => trials.FirstOrDefault(trial => trial.IsAcknowledged)?.Size;

    /// <summary>The smallest size above <see cref="Passed"/>; null for none.</summary>
    public int? Failed => trials.LastOrDefault(trial => trial.Size > (Passed ?? 0))?.Size;

    /// <summary>Whether any probe, however small, was acknowledged.</summary>
    public bool IsAnswered => Passed is not null;

    /// <summary>Takes an acknowledgment.</summary>
    /// <returns>The round-trip time; null for another round's, or one of several that were sent.</returns>
    public TimeSpan? Acknowledge(TimeSpan now, ushort id)
    {
        var place = (ushort)(id - firstId);
        if (place >= trials.Count || trials[place].Sent == 0)
        {
            return null;
        }

        trials[place].IsAcknowledged = true;
        return trials[place].Sent == 1 ? now - trials[place].SentAt : null;
    }

    /// <summary>Sends what is due.</summary>
    /// <param name="now">The time.</param>
    /// <param name="roundTrip">The usual time to an answer; null when unknown.</param>
    /// <param name="send">Sends a probe of some size and id.</param>
    /// <returns>When to be called again; null when the round is over.</returns>
    public TimeSpan? Advance(TimeSpan now, TimeSpan? roundTrip, Action<int, ushort> send)
    {
        var wait = Limit((roundTrip ?? UnknownRoundTrip) * 3);
        var passed = Passed ?? 0;
        if (trials.All(trial => trial.Size <= passed))
        {
            return null;
        }

        if (now >= _nextSend && Send(now, passed, send))
        {
            _nextSend = now + (_isFirstPass ? wait : Pace);
            (_lastSent, _isFirstPass) = (now, false);
        }

        var mayContinue = trials.Any(trial => trial.Size > passed && trial.Sent < trial.Tries);
        var next = mayContinue ? _nextSend : _lastSent + wait;
        return !mayContinue && now >= next ? null : next;
    }

    private bool Send(TimeSpan now, int passed, Action<int, ushort> send)
    {
        var sent = false;
        for (var place = 0; place < (_isFirstPass ? 1 : trials.Count); place++)
        {
            var trial = trials[place];
            if (trial.Size > passed && trial.Sent < trial.Tries)
            {
                trial.Sent++;
                trial.SentAt = now;
                send(trial.Size, (ushort)(firstId + place));
                sent = true;
            }
        }

        return sent;
    }

    private static TimeSpan Limit(TimeSpan wait) => wait < MinWait ? MinWait : wait > MaxWait ? MaxWait : wait;

    /// <summary>One size of a round.</summary>
    /// <param name="size">The packet's bytes inside the tunnel.</param>
    /// <param name="tries">The most probes of it.</param>
    internal sealed class Trial(int size, int tries)
    {
        public int Size => size;

        public int Tries => tries;

        public int Sent { get; set; }

        public TimeSpan SentAt { get; set; }

        public bool IsAcknowledged { get; set; }
    }
}
