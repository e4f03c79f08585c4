using System.Globalization;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>The state of a peer.</summary>
internal enum PeerState
{
    /// <summary>No handshake has been completed, and none is under way.</summary>
    Never,

    /// <summary>An initiation was sent within the last 15 s and is not answered yet.</summary>
    Handshaking,

    /// <summary>A session exists.</summary>
    Up,

    /// <summary>The last session has expired, and neither end has had anything to send.</summary>
    Idle,

    /// <summary>Initiations were not answered for 15 s or longer.</summary>
    Silent,

    /// <summary>The endpoint is reached through the tunnel itself, and is not called.</summary>
    Refused,
}

/// <summary>
/// Whether a peer answers initiations. Logs a silent peer 15 s after the first initiation without an answer, whatever traffic does meanwhile, again
/// after growing pauses as long as initiations are sent, and once when it answers. Members for any thread say so; everything else belongs
/// to the service thread.
/// </summary>
internal sealed class Reachability(LocalEnd local, Peer peer)
{
    private const string NoAnswer = "no answer to handshake initiations";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromHours(1);

    private volatile Moment? _silentFrom;
    private volatile Moment? _upFrom;
    private volatile PeerFailure? _lastFailure;
    private TimeSpan _pause = FirstPause;
    private int _unanswered;
    private bool _isReported;
    private string? _reportedFailure;
    private bool _hasTriedAgain;

    /// <summary>The last failure; null for none. Any thread.</summary>
    public PeerFailure? LastFailure => _lastFailure;

    /// <summary>The state and when it began; null for a state without a beginning. Any thread.</summary>
    public (PeerState State, DateTimeOffset? Since) State
    {
        get
        {
            if (peer.OwnRoute.RefusedSince is { } refused)
            {
                return (PeerState.Refused, refused);
            }

            if (_silentFrom is { } silent)
            {
                var isSilent = local.Clock.Now - silent.Ticks >= local.Clock.Ticks(ProtocolTimes.Silence);
                return (isSilent ? PeerState.Silent : PeerState.Handshaking, silent.Utc);
            }

            return _upFrom is not { } up ? (PeerState.Never, null)
                : peer.Sender.UsableKeypair is not null ? (PeerState.Up, up.Utc)
                : (PeerState.Idle, peer.Handshaker.LastCompleted + ProtocolTimes.RejectAfter);
        }
    }

    /// <summary>The time to wait for the answer to the last initiation.</summary>
    public TimeSpan AnswerWait => peer.Endpoint.AnswerWait(_unanswered);

    /// <summary>Whether an initiation has not been answered yet.</summary>
    public bool IsAwaited => _silentFrom is not null;

    /// <summary>Notes why a message of the peer, or one to it, was of no use.</summary>
    public void NoteFailure(string reason) => _lastFailure = new PeerFailure(reason, local.Clock.UtcNow);

    /// <summary>The network says why datagrams to the peer do not arrive, or somebody in its name: reported once until the peer answers.</summary>
    public void HandlePathFailure(string reason)
    {
        NoteFailure(reason);
        if (reason != _reportedFailure)
        {
            _reportedFailure = reason;
            TunnelLog.PathFails(local.Logger, peer.Name, peer.Endpoint.Current, reason);
        }
    }

    /// <summary>An initiation was sent.</summary>
    public void HandleInitiation(long now)
    {
        _hasTriedAgain = true;
        peer.Endpoint.ReconsiderAfterFailure(++_unanswered);
        if (_silentFrom is null)
        {
            _silentFrom = new Moment(now, local.Clock.UtcNow);
            peer.Timers.AwaitAnswer(now, ProtocolTimes.Silence);
        }
        else if (!peer.Timers.AwaitsAnswer)
        {
            // Nobody missed the peer for a while; it may be back.
            peer.Timers.AwaitAnswer(now, ProtocolTimes.Silence);
        }
    }

    /// <summary>A handshake was completed.</summary>
    /// <param name="isRekey">Whether it renewed a session that could still be used.</param>
    /// <returns>Whether the peer was reported as silent.</returns>
    public bool HandleAnswer(bool isRekey)
    {
        var wasReported = _isReported;
        if (_isReported && _silentFrom is { } silent)
        {
            TunnelLog.Back(local.Logger, peer.Name, peer.Endpoint.Current, Words(local.Clock.Span(local.Clock.Now - silent.Ticks)));
        }

        if (!isRekey || _isReported || _upFrom is null)
        {
            _upFrom = new Moment(local.Clock.Now, local.Clock.UtcNow);
        }

        (_silentFrom, _isReported, _pause, _unanswered, _reportedFailure) = (null, false, FirstPause, 0, null);
        peer.Endpoint.HandleAnswer();
        return wasReported;
    }

    /// <summary>The time for an answer is over.</summary>
    public void HandleSilence()
    {
        // Without another initiation nobody misses the peer.
        if (_hasTriedAgain)
        {
            Report(local.Clock.Now);
        }
    }

    private void Report(long now)
    {
        if (_silentFrom is not { } silent)
        {
            return;
        }

        var duration = local.Clock.Span(now - silent.Ticks);
        // What the peer itself showed meanwhile is more than a guess.
        var known = _lastFailure is { } failure && failure.At >= silent.Utc && failure.Reason != NoAnswer ? failure.Reason : null;
        var remedy = known ?? $"check that it runs with suite {local.Suite.Name}, that both ends have each other's public key (this end's is {local.OwnName}), that the endpoint is right, and that no firewall drops UDP";
        if (_isReported)
        {
            TunnelLog.NoAnswer(local.Logger, peer.Name, peer.Endpoint.Current, Words(duration), remedy);
        }
        else
        {
            PeerLog.PeerDown(local.Logger, peer.Name, peer.Endpoint.Current, Words(duration), remedy, peer.GivenName, peer.Key);
        }

        if (known is null)
        {
            NoteFailure(NoAnswer);
        }

        if (_isReported)
        {
            _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, MaxPause.Ticks));
        }

        (_isReported, _hasTriedAgain) = (true, false);
        peer.Timers.AwaitAnswer(now, _pause);
    }

    private static string Words(TimeSpan span) => span.TotalMinutes < 2 ? $"{Math.Round(span.TotalSeconds):0} s"
        : span.TotalHours < 2 ? $"{Math.Floor(span.TotalMinutes):0} min" : $"{span.TotalHours.ToString("0.#", CultureInfo.InvariantCulture)} h";

    private sealed record Moment(long Ticks, DateTimeOffset Utc);
}

/// <summary>Why a handshake with a peer failed.</summary>
/// <param name="Reason">The reason in words, without a secret.</param>
/// <param name="At">When.</param>
internal sealed record PeerFailure(string Reason, DateTimeOffset At);
