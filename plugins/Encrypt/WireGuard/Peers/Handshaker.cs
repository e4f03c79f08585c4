using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// Begins, repeats and completes a peer's handshakes (WireGuard paper, section 6). Methods for data loops come first and say so;
/// everything else belongs to the service thread.
/// </summary>
internal sealed class Handshaker
{
    private readonly LocalEnd _local;
    private readonly Peer _peer;
    private readonly HandshakeThrottle _throttle;
    private readonly Action _begin;
    private volatile bool _sentLastMinuteHandshake;
    private long _lastCompletedAt;
    private bool _isStopped;

    public Handshaker(LocalEnd local, Peer peer)
    {
        (_local, _peer) = (local, peer);
        _begin = BeginForLoop;
        _throttle = new HandshakeThrottle(local, _begin);
    }

    /// <summary>When the last handshake was completed; null for never.</summary>
    public DateTimeOffset? LastCompleted { get; private set; }

    /// <summary>The time since the last handshake was completed; null for never. Any thread.</summary>
    public TimeSpan? Age => LastCompleted is null ? null : _local.Clock.Span(_local.Clock.Now - Volatile.Read(ref _lastCompletedAt));

    /// <summary>From an outbound loop: a packet was held for want of a keypair.</summary>
    public void ReportHeld(long now)
    {
        if (_peer.Keypairs.Current is { } current && now - current.CreatedAt < _local.RejectAfterTicks)
        {
            // It came in the meantime; the throttle is for messages, not for this. Where the post is refused, the next packet tries again.
            _ = _local.Host.TryPost(_begin);
        }
        else if (_throttle.IsOpen(now))
        {
            _throttle.Request(now);
        }
        else
        {
            _peer.Timers.AwaitTurn(_throttle.NotBefore);
        }
    }

    /// <summary>From a data loop: a sender renews a keypair that is old or worn.</summary>
    public void KeepFreshSending(Keypair keypair, long now)
    {
        if (keypair.Sent > _local.Suite.RekeyAfterMessages
            || (keypair.IsInitiator && now - keypair.CreatedAt >= _local.RekeyAfterTicks))
        {
            _throttle.Request(now);
        }
    }

    /// <summary>From an inbound loop: an initiator that only receives renews the keypair once, before it is rejected.</summary>
    public void KeepFreshReceiving(long now)
    {
        if (!_sentLastMinuteHandshake && _peer.Keypairs.Current is { IsInitiator: true } current
            && now - current.CreatedAt >= _local.LastMinuteTicks)
        {
            _sentLastMinuteHandshake = true;
            _throttle.Request(now);
        }
    }

    /// <summary>
    /// From an inbound loop, before the packet goes to the host: the initiator has used a keypair for the first time. It is current at
    /// once, as the initiator may no longer have the previous one, and the host's reply must not be sealed under that.
    /// </summary>
    public void Confirm(Keypair keypair)
    {
        if (_peer.Keypairs.Confirm(keypair))
        {
            // Where the post is refused, the initiation is repeated, which completes a handshake again.
            _ = _local.Host.TryPost(CompleteForLoop);
        }
    }

    /// <summary>Sends an initiation, unless a handshake has begun within the last 5 s.</summary>
    /// <param name="isRetry">False starts the 90 s of repetitions anew.</param>
    public void Initiate(bool isRetry)
    {
        var now = _local.Clock.Now;
        if (!isRetry)
        {
            _peer.Timers.Attempts = 0;
        }

        if (!_throttle.IsOpen(now))
        {
            if (_peer.Held.Count > 0)
            {
                _peer.Timers.AwaitTurn(_throttle.NotBefore);
            }

            return;
        }

        if (!_peer.Endpoint.IsReachable)
        {
            _peer.Endpoint.Refresh();
        }

        _peer.OwnRoute.Look();

        // Without an endpoint the name is being resolved, or the peer must call in; without a key 'wg set' brings it: the timer looks again.
        if (_local.HasKey && _peer.Endpoint.IsReachable && !TrySendInitiation(now))
        {
            _peer.Timers.RetrySoon(now);
            return;
        }

        _peer.Timers.InitiationSent(now, _peer.Reachability.AnswerWait);
    }

    /// <summary>Answers the initiation that was accepted.</summary>
    public void Respond()
    {
        var now = _local.Clock.Now;
        _throttle.Close(now);
        if (!_local.TryRent(_local.Layout.ResponseSize, out var lease))
        {
            return;
        }

        if (_peer.Handshake.CreateResponse(lease.Data) is not { } keypair)
        {
            lease.Dispose();
            return;
        }

        _peer.Keypairs.AddAsResponder(keypair);
        _local.Counters.ResponsesSent.Increment();
        _peer.Timers.KeysDerived(now);
        _peer.Timers.AuthenticatedSent(now);
        _peer.Sender.Send(lease);
    }

    /// <summary>Uses the keypair of a response: sends the held packets, or a keepalive, so that the responder may use it too.</summary>
    public void Accept(Keypair keypair)
    {
        _peer.Keypairs.AddAsInitiator(keypair);
        _peer.Timers.KeysDerived(_local.Clock.Now);
        Complete(weBegan: true);
        if (_peer.Sender.SendHeld() == 0)
        {
            _peer.Sender.SendKeepalive();
        }
    }

    /// <summary>Repeats the initiation, or gives up after 90 s.</summary>
    public void Retry()
    {
        if (_peer.Timers.Attempts >= ProtocolTimes.MaxAttempts)
        {
            _peer.Timers.GiveUp(_local.Clock.Now);
            _peer.Held.DropAll(_local.Counters.HandshakeTimeout);
            TunnelLog.GaveUp(_local.Logger, _peer.Name, ProtocolTimes.RekeyAttempt.TotalSeconds);
            return;
        }

        _peer.Timers.Attempts++;
        _peer.Endpoint.ForgetLocal();
        if (!_peer.Endpoint.IsReachable)
        {
            // The preferred name does not resolve, or its device does not exist: another way may do.
            _peer.Endpoint.UseNext();
        }

        Initiate(isRetry: true);
    }

    /// <summary>Begins a handshake with a peer that does not answer data.</summary>
    public void HandleSilence()
    {
        TunnelLog.Silent(_local.Logger, _peer.Name);
        Initiate(isRetry: false);
    }

    /// <summary>Allows the next initiation at once: this end's key has changed.</summary>
    public void Reopen() => _throttle.Open();

    /// <summary>Calls the peer at its new endpoint at once: the last 5 s were meant for another one.</summary>
    public void HandleEndpointFound()
    {
        _throttle.Open();
        if (_peer.Reachability.IsAwaited)
        {
            Initiate(isRetry: true);
        }
        else
        {
            _peer.Sender.HandleEndpointFound();
        }
    }

    /// <summary>Begins no handshake any more: the peer is removed.</summary>
    public void Stop() => _isStopped = true;

    // False when no memory is free.
    private bool TrySendInitiation(long now)
    {
        if (!_local.TryRent(_local.Layout.InitiationSize, out var lease))
        {
            return false;
        }

        _throttle.Close(now);
        if (!_peer.Handshake.TryCreateInitiation(lease.Data))
        {
            lease.Dispose();
            return true;
        }

        _local.Counters.InitiationsSent.Increment();
        _peer.Reachability.HandleInitiation(now);
        _throttle.Close(now, _peer.Reachability.AnswerWait);
        TunnelLog.SendsInitiation(_local.Logger, _peer.Name, _peer.Endpoint.Current);
        _peer.Timers.AuthenticatedSent(now);
        _peer.Sender.Send(lease);
        return true;
    }

    private void BeginForLoop()
    {
        _throttle.Taken();
        if (_isStopped)
        {
            return;
        }

        // The keys may have come while the loop held its packet.
        if (_peer.Held.Count > 0 && _peer.Sender.UsableKeypair is not null)
        {
            _peer.Sender.SendHeld();
        }
        else
        {
            Initiate(isRetry: false);
        }
    }

    private void CompleteForLoop()
    {
        if (!_isStopped)
        {
            Complete(weBegan: false);
            _peer.Sender.SendHeld();
        }
    }

    private void Complete(bool weBegan)
    {
        _peer.Timers.HandshakeComplete();
        _sentLastMinuteHandshake = false;
        var now = _local.Clock.Now;
        var isRekey = LastCompleted is not null && now - _lastCompletedAt < _local.RejectAfterTicks;
        var wasDown = _peer.Reachability.HandleAnswer(isRekey);
        Volatile.Write(ref _lastCompletedAt, now);
        LastCompleted = _local.Clock.UtcNow;
        _local.Counters.HandshakesCompleted.Increment();
        _peer.Path.HandleSession();
        var who = weBegan ? "we began" : "the peer began";
        if (isRekey && !wasDown)
        {
            // Ten thousand peers renew 83 keypairs a second.
            TunnelLog.Rekeyed(_local.Logger, _peer.Name, _peer.Endpoint.Current, who);
        }
        else
        {
            PeerLog.PeerUp(_local.Logger, _peer.Name, _peer.Endpoint.Current, who, _peer.GivenName, _peer.Key);
        }
    }
}
