using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;

namespace Culvert.Plugins.Encrypt.WireGuard.Peers;

/// <summary>
/// Limits a peer's handshakes to one in REKEY-TIMEOUT, 5 s (WireGuard paper, section 6.4), and the data loops' requests for one to a single
/// post at a time, so that a request costs a loop one comparison. Thread-safe.
/// </summary>
/// <param name="local">This end.</param>
/// <param name="begin">Posted for a request; calls <see cref="Taken"/>.</param>
internal sealed class HandshakeThrottle(LocalEnd local, Action begin)
{
    private long _notBefore = long.MinValue;
    private int _isRequested;

    /// <summary>When the next initiation may be sent, in ticks.</summary>
    public long NotBefore => Volatile.Read(ref _notBefore);

    /// <summary>Whether an initiation may be sent.</summary>
    public bool IsOpen(long now) => now >= NotBefore;

    /// <summary>Allows no initiation for the next 5 s: a handshake has begun.</summary>
    public void Close(long now) => Close(now, ProtocolTimes.RekeyTimeout);

    /// <summary>Allows no initiation for some time: a handshake has begun.</summary>
    public void Close(long now, TimeSpan span) => Volatile.Write(ref _notBefore, now + local.Clock.Ticks(span));

    /// <summary>Allows an initiation at once.</summary>
    public void Open() => Volatile.Write(ref _notBefore, long.MinValue);

    /// <summary>Posts a request, unless one is under way or a handshake has begun within the last 5 s.</summary>
    /// <param name="now">The time in ticks.</param>
    public void Request(long now)
    {
        if (IsOpen(now) && Interlocked.Exchange(ref _isRequested, 1) == 0 && !local.Host.TryPost(begin))
        {
            // The next packet tries again.
            Taken();
        }
    }

    /// <summary>The service thread has taken a request.</summary>
    public void Taken() => Volatile.Write(ref _isRequested, 0);
}
