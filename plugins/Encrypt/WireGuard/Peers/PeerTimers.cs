using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Stages;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// The timers of one peer (WireGuard paper, sections 6.2 to 6.5) over one timer of the pipeline. A data loop reports an event with one or
/// two writes: putting a deadline off or taking it back needs no timer call, because the timer that fires early looks again; only a
/// deadline before the armed one, at most one in some seconds, sets it. Events may come from any thread; expiry runs on the service
/// thread.
/// </summary>
internal sealed class PeerTimers : IDisposable
{
    private const long Off = long.MaxValue;

    private readonly Peer _peer;
    private readonly Clock _clock;
    private readonly StageTimer _timer;
    private readonly Lock _gate = new();
    private readonly long _keepaliveTicks;
    private readonly long _newHandshakeTicks;
    private long _armedFor = Off;
    private long _retransmit = Off;
    private long _keepalive = Off;
    private long _newHandshake = Off;
    private long _eraseKeys = Off;
    private long _persistent = Off;
    private long _answer = Off;
    private long _move = Off;
    private long _persistentTicks;
    private long _lastReceived = long.MinValue / 2;
    private long _lastSent = long.MinValue / 2;
    private bool _needAnotherKeepalive;
    private volatile bool _stopped;

    public PeerTimers(LocalEnd local, Peer peer)
    {
        (_peer, _clock) = (peer, local.Clock);
        _keepaliveTicks = _clock.Ticks(ProtocolTimes.Keepalive);
        _newHandshakeTicks = _clock.Ticks(ProtocolTimes.Keepalive + ProtocolTimes.RekeyTimeout);
        _timer = local.Host.CreateTimer(Expire);
    }

    /// <summary>The number of times that the current initiation was repeated.</summary>
    public int Attempts { get; set; }

    /// <summary>Sets the persistent keepalive; zero turns it off.</summary>
    public void SetPersistentKeepalive(TimeSpan interval)
    {
        Volatile.Write(ref _persistentTicks, _clock.Ticks(interval));
        Volatile.Write(ref _persistent, Off);
        Traversed(_clock.Now);
    }

    /// <summary>Data went out: unless something authentic comes back within 15 s, a handshake is begun.</summary>
    public void DataSent(long now)
    {
        Volatile.Write(ref _lastSent, now);
        if (Volatile.Read(ref _newHandshake) == Off)
        {
            Set(ref _newHandshake, now + _newHandshakeTicks + Jitter());
        }
    }

    /// <summary>Data came in: unless something goes back within 10 s, a keepalive does.</summary>
    public void DataReceived(long now)
    {
        if (Volatile.Read(ref _keepalive) == Off)
        {
            Set(ref _keepalive, now + _keepaliveTicks);
        }
        else
        {
            Volatile.Write(ref _needAnotherKeepalive, true);
        }
    }

    /// <summary>Anything authenticated went out.</summary>
    public void AuthenticatedSent(long now)
    {
        Volatile.Write(ref _keepalive, Off);
        Traversed(now);
    }

    /// <summary>Anything authentic came in.</summary>
    public void AuthenticatedReceived(long now)
    {
        Volatile.Write(ref _lastReceived, now);
        Volatile.Write(ref _newHandshake, Off);
        Traversed(now);
    }

    /// <summary>When data went out last, in ticks; far in the past for never. Any thread.</summary>
    public long LastSent => Volatile.Read(ref _lastSent);

    /// <summary>When something authentic came in last, in ticks; far in the past for never. Any thread.</summary>
    public long LastReceived => Volatile.Read(ref _lastReceived);

    /// <summary>An initiation went out: it is repeated after that time.</summary>
    public void InitiationSent(long now, TimeSpan wait) => Set(ref _retransmit, now + _clock.Ticks(wait) + Jitter());

    /// <summary>
    /// A packet is held, but no initiation may be sent before some time. One follows then, unless a repetition is due anyway: the handshake that closed
    /// the throttle may be the peer's, which the peer need not finish.
    /// </summary>
    public void AwaitTurn(long due)
    {
        if (Volatile.Read(ref _retransmit) == Off)
        {
            Set(ref _retransmit, due + Jitter());
        }
    }

    /// <summary>An initiation could not be sent for want of memory: it is tried again soon, which does not count as a repetition.</summary>
    public void RetrySoon(long now)
    {
        Attempts--;
        Set(ref _retransmit, now + _clock.Ticks(ProtocolTimes.MemoryRetry));
    }

    /// <summary>Whether <see cref="AwaitAnswer"/> has not expired. Service thread.</summary>
    public bool AwaitsAnswer => Volatile.Read(ref _answer) != Off;

    /// <summary>Without a keypair within a span of time the peer is reported as silent.</summary>
    public void AwaitAnswer(long now, TimeSpan span) => Set(ref _answer, now + _clock.Ticks(span));

    /// <summary>The peer has another endpoint: it is reported a moment later. Any thread.</summary>
    public void EndpointMoved(long now) => Set(ref _move, now + _clock.Ticks(ProtocolTimes.MoveReport));

    /// <summary>A keypair can be used.</summary>
    public void HandshakeComplete()
    {
        Volatile.Write(ref _retransmit, Off);
        Volatile.Write(ref _answer, Off);
        Attempts = 0;
    }

    /// <summary>A keypair was derived: without another one all keys are erased after 540 s.</summary>
    public void KeysDerived(long now) => Set(ref _eraseKeys, now + _clock.Ticks(ProtocolTimes.EraseAfter));

    /// <summary>An initiation was repeated for 90 s in vain.</summary>
    public void GiveUp(long now)
    {
        Attempts = 0;
        Volatile.Write(ref _keepalive, Off);
        if (Volatile.Read(ref _eraseKeys) == Off)
        {
            Set(ref _eraseKeys, now + _clock.Ticks(ProtocolTimes.EraseAfter));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopped = true;
        _timer.Dispose();
    }

    private void Traversed(long now)
    {
        var interval = Volatile.Read(ref _persistentTicks);
        if (interval > 0)
        {
            Set(ref _persistent, now + interval);
        }
    }

    private long Jitter() => _clock.Jitter(ProtocolTimes.MaxJitter);

    private void Set(ref long deadline, long due)
    {
        Volatile.Write(ref deadline, due);
        // Against the fence in Expire: either this finds the timer not armed, or that finds the deadline.
        Interlocked.MemoryBarrier();
        if (due < Volatile.Read(ref _armedFor))
        {
            Arm(due);
        }
    }

    private void Arm(long due)
    {
        lock (_gate)
        {
            if (due < _armedFor && !_stopped)
            {
                Volatile.Write(ref _armedFor, due);
                _timer.Schedule(_clock.Until(due));
            }
        }
    }

    private void Expire()
    {
        if (_stopped)
        {
            return;
        }

        Volatile.Write(ref _armedFor, Off);
        Interlocked.MemoryBarrier();
        var now = _clock.Now;
        if (TakeIfDue(ref _retransmit, now))
        {
            _peer.Handshaker.Retry();
        }

        if (TakeIfDue(ref _keepalive, now))
        {
            ExpireKeepalive(now);
        }

        if (TakeIfDue(ref _newHandshake, now))
        {
            _peer.Handshaker.HandleSilence();
        }

        if (TakeIfDue(ref _eraseKeys, now))
        {
            _peer.EraseKeys();
        }

        if (TakeIfDue(ref _answer, now))
        {
            _peer.Reachability.HandleSilence();
        }

        if (TakeIfDue(ref _move, now))
        {
            _peer.Endpoint.ReportMove();
        }

        if (TakeIfDue(ref _persistent, now))
        {
            _peer.Sender.SendKeepalive();
            Traversed(now);
        }

        ArmNext();
    }

    private void ExpireKeepalive(long now)
    {
        _peer.Sender.SendKeepalive();
        if (Volatile.Read(ref _needAnotherKeepalive))
        {
            Volatile.Write(ref _needAnotherKeepalive, false);
            Set(ref _keepalive, now + _keepaliveTicks);
        }
    }

    // A loop may write a deadline between our reading it and our taking it: then the exchange fails and the new one stands.
    private static bool TakeIfDue(ref long deadline, long now)
    {
        var due = Volatile.Read(ref deadline);
        return due <= now && Interlocked.CompareExchange(ref deadline, Off, due) == due;
    }

    private void ArmNext()
    {
        var next = Math.Min(Volatile.Read(ref _retransmit), Volatile.Read(ref _keepalive));
        next = Math.Min(next, Math.Min(Volatile.Read(ref _newHandshake), Volatile.Read(ref _eraseKeys)));
        next = Math.Min(next, Math.Min(Volatile.Read(ref _persistent), Volatile.Read(ref _answer)));
        next = Math.Min(next, Volatile.Read(ref _move));
        if (next != Off)
        {
            Arm(next);
        }
    }
}
