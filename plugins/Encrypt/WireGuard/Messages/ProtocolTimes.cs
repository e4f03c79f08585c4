namespace Culvert.Plugins.Encrypt.WireGuard.Messages;

/// <summary>The time constants of WireGuard (its paper, section 6.1, and the two rates of its implementations).</summary>
internal static class ProtocolTimes
{
    /// <summary>REJECT-AFTER-TIME: a keypair of this age is no longer used.</summary>
    public static readonly TimeSpan RejectAfter = TimeSpan.FromSeconds(180);

    /// <summary>REKEY-TIMEOUT: an initiation is repeated after this, and never sent sooner.</summary>
    public static readonly TimeSpan RekeyTimeout = TimeSpan.FromSeconds(5);

    /// <summary>REKEY-ATTEMPT-TIME: how long initiations are repeated.</summary>
    public static readonly TimeSpan RekeyAttempt = TimeSpan.FromSeconds(90);

    /// <summary>KEEPALIVE-TIMEOUT: how long after data came in an answer of some kind goes out.</summary>
    public static readonly TimeSpan Keepalive = TimeSpan.FromSeconds(10);

    /// <summary>How long an initiation may go unanswered before the peer is reported as silent.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>How long after a peer has moved its new endpoint is logged.</summary>
    public static readonly TimeSpan MoveReport = TimeSpan.FromSeconds(1);

    /// <summary>How long an initiation that found no memory waits for the next try.</summary>
    public static readonly TimeSpan MemoryRetry = TimeSpan.FromMilliseconds(250);

    /// <summary>The maximum age of a cookie and of its secret.</summary>
    public static readonly TimeSpan CookieRefresh = TimeSpan.FromSeconds(120);

    /// <summary>The minimum time between two accepted initiations of one peer.</summary>
    public static readonly TimeSpan InitiationInterval = TimeSpan.FromSeconds(1.0 / 50);

    /// <summary>The time after a full queue during which every handshake must show a cookie.</summary>
    public static readonly TimeSpan UnderLoad = TimeSpan.FromSeconds(1);

    /// <summary>The longest random delay of a repeated initiation.</summary>
    public static readonly TimeSpan MaxJitter = TimeSpan.FromMilliseconds(334);

    /// <summary>REKEY-AFTER-TIME as the paper gives it: 120 s.</summary>
    public static readonly TimeSpan DefaultRekeyAfter = TimeSpan.FromSeconds(120);

    /// <summary>After three times REJECT-AFTER-TIME without a new keypair all keys are erased: 540 s.</summary>
    public static TimeSpan EraseAfter => RejectAfter * 3;

    /// <summary>The number of times that an initiation is repeated.</summary>
    public static int MaxAttempts => (int)(RekeyAttempt / RekeyTimeout);
}
