namespace Culvert.Plugins.Encrypt.WireGuard.Probing;

/// <summary>What answers probes at the other end.</summary>
internal enum ProbeCarrier
{
    /// <summary>Not asked yet, or the answer is awaited.</summary>
    Unknown,

    /// <summary>A Culvert, which answers path messages.</summary>
    Messages,

    /// <summary>Another WireGuard with an address behind it that answers ICMP echo requests.</summary>
    Echo,

    /// <summary>Nothing: only ICMP messages tell of the path.</summary>
    None,
}

/// <summary>
/// Knows the size of packets to one peer: finds out what answers probes there, has <see cref="PathSearch"/> search, and asks for counts of the
/// full-sized packets that arrived while such are sent. A pure state machine: it is told the time and what happened.
/// </summary>
/// <param name="overhead">What is added to a packet on its way to the path, in bytes.</param>
/// <param name="min">The smallest size that it goes down to, in bytes.</param>
/// <param name="actions">What it asks for.</param>
internal sealed class PathMachine(int overhead, int min, IPathActions actions)
{
    private const int EchoTries = 2;
    private const int AskTries = 5;
    private const int SmallEcho = 64;
    private const int MaxUnanswered = 3;

    private static readonly TimeSpan HelloWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan EchoWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerWait = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(15);

    private readonly LossWatch _watch = new();
    private Action<int, ushort>? _sendProbe;
    private TimeSpan? _carrierDeadline;
    private TimeSpan? _askAt;
    private TimeSpan _askedAt;
    private SizeCounts _askedSent;
    private long _activity;
    private ushort _askId;
    private int _asked;
    private int _echoTarget;
    private int _echoTried;
    private int _unanswered;
    private bool _hasAsked;

    /// <summary>The search.</summary>
    public PathSearch Search { get; } = new(overhead, min);

    /// <summary>What answers probes.</summary>
    public ProbeCarrier Carrier { get; private set; }

    /// <summary>Whether full-sized packets are sent, so that it looks at what becomes of them.</summary>
    public bool IsWatching => _askAt is not null;

    /// <summary>A keypair can be used.</summary>
    public void HandleSession(TimeSpan now)
    {
        if (Carrier == ProbeCarrier.Unknown && !_hasAsked)
        {
            _hasAsked = true;
            actions.Send(ProbeKind.Probe, 0, ProbeMessage.HeaderSize);
            _carrierDeadline = now + HelloWait;
        }
    }

    /// <summary>The peer sent a path message: it knows them.</summary>
    public void HandleMessage(TimeSpan now, in ProbeMessage message)
    {
        if (Carrier != ProbeCarrier.Messages)
        {
            Use(ProbeCarrier.Messages);
        }

        switch (message.Kind)
        {
            case ProbeKind.Acknowledgment:
                Search.Acknowledge(now, message.Id);
                break;
            case ProbeKind.Counts when _asked > 0 && message.Id == _askId:
                _asked = 0;
                _askAt = _askedAt + _watch.Pause;
                if (_watch.Compare(_askedSent, message.Counts))
                {
                    Search.Verify();
                }

                break;
        }
    }

    /// <summary>An echo request was answered.</summary>
    public void HandleEcho(TimeSpan now, ushort id)
    {
        if (Carrier == ProbeCarrier.Unknown)
        {
            Use(ProbeCarrier.Echo);
        }
        else
        {
            Search.Acknowledge(now, id);
        }
    }

    /// <summary>An ICMP message claims that only so much passes.</summary>
    public void HandleReport(TimeSpan now, int size) => Search.Report(now, size);

    /// <summary>The peer is at another address.</summary>
    public void HandleMove() => Search.Restart();

    /// <summary>Full-sized packets are sent, after a time without.</summary>
    public void HandleTraffic(TimeSpan now)
    {
        if (_askAt is null)
        {
            _watch.Start(now, actions.Sent);
            _askAt = now + AnswerWait;
        }
    }

    /// <summary>Does what is due.</summary>
    /// <returns>When to be called again; null for not before something happens.</returns>
    public TimeSpan? Advance(TimeSpan now)
    {
        if (_carrierDeadline is { } deadline && now >= deadline)
        {
            SeekEcho(now);
        }

        if (_askAt is { } ask && now >= ask)
        {
            Ask(now);
        }

        // Nobody is there to miss anything while nothing is sent; a search that has begun is finished.
        var wasSearching = Search.IsSearching;
        var search = wasSearching || _askAt is not null ? Search.Advance(now, _sendProbe ??= SendProbe) : null;
        if (wasSearching && !Search.IsSearching)
        {
            NoteAnswers();
        }

        return Earliest(Earliest(_carrierDeadline, _askAt), Search.IsSearching || _askAt is not null ? search : null);
    }

    private void Use(ProbeCarrier carrier)
    {
        (Carrier, _carrierDeadline, _unanswered) = (carrier, null, 0);
        Search.CanProbe = carrier != ProbeCarrier.None;
        if (Search.CanProbe)
        {
            Search.Restart();
        }
    }

    private void SeekEcho(TimeSpan now)
    {
        if (_echoTried == EchoTries)
        {
            (_echoTarget, _echoTried) = (_echoTarget + 1, 0);
        }

        if (_echoTarget >= actions.EchoTargets)
        {
            Use(ProbeCarrier.None);
            return;
        }

        _echoTried++;
        actions.SendEcho(_echoTarget, 0, SmallEcho);
        _carrierDeadline = now + EchoWait;
    }

    private void Ask(TimeSpan now)
    {
        if (_asked == AskTries)
        {
            // Nothing answers: probes tell whether the path is down or another program is there.
            Search.Verify();
        }

        var isNew = _asked is 0 or AskTries;
        if (isNew && actions.Activity == _activity)
        {
            (_asked, _askAt) = (0, null);
            return;
        }

        var packets = 1u;
        if (isNew)
        {
            // A repetition is the same question: its answer may come after the next one has left.
            (_asked, _activity) = (0, actions.Activity);
            (_askedAt, _askedSent, _askId) = (now, actions.Sent, (ushort)(_askId + 1));
            packets = _watch.Ask(now, _askedSent);
        }

        switch (packets == 0 ? ProbeCarrier.None : Carrier)
        {
            case ProbeCarrier.Messages:
                _asked++;
                _askAt = now + AnswerWait;
                actions.Send(ProbeKind.CountRequest, _askId, ProbeMessage.HeaderSize);
                break;
            case ProbeCarrier.Echo:
                Search.Verify();
                _askAt = now + _watch.ProbePause;
                break;
            default:
                _askAt = now + LookPause;
                break;
        }
    }

    private void NoteAnswers()
    {
        _unanswered = Search.IsUnanswered ? _unanswered + 1 : 0;
        if (_unanswered == MaxUnanswered)
        {
            // Another program may have taken the peer's place: it is asked once more.
            (Carrier, _unanswered, _hasAsked, _echoTarget, _echoTried) = (ProbeCarrier.Unknown, 0, false, 0, 0);
            Search.CanProbe = false;
        }
    }

    private void SendProbe(int size, ushort id)
    {
        if (Carrier == ProbeCarrier.Echo)
        {
            actions.SendEcho(_echoTarget, id, size);
        }
        else
        {
            actions.Send(ProbeKind.Probe, id, size);
        }
    }

    private static TimeSpan? Earliest(TimeSpan? one, TimeSpan? other) =>
        one is { } first && other is { } second ? first < second ? first : second : one ?? other;
}
