using System.Buffers.Binary;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Local;

namespace Culvert.Plugins.Encrypt.WireGuard.Handshakes;

/// <summary>
/// Limits the handshake messages of a source under load: 20 a second with bursts of 5, for each IPv4 address and each IPv6
/// /64. Only sources that showed a cookie get here, so none is forged. Bounded; sources that were quiet for a second are forgotten.
/// Used on the service thread only.
/// </summary>
internal sealed class RateLimiter(Clock clock)
{
    private const int PerSecond = 20;
    private const int Burst = 5;
    private const int MaxSources = 16_384;

    private readonly Dictionary<ulong, long> _emptyAt = [];
    private readonly long _cost = clock.Ticks(TimeSpan.FromSeconds(1)) / PerSecond;
    private long _sweepAt = long.MinValue;

    /// <summary>The number of sources remembered.</summary>
    public int Count => _emptyAt.Count;

    /// <summary>Whether a source may send one more message now.</summary>
    public bool Allow(DatagramEndpoint source)
    {
        var now = clock.Now;
        Sweep(now);
        var key = KeyOf(source);
        // The moment when all that was spent is earned back; a full burst lies Burst costs behind it.
        var known = _emptyAt.TryGetValue(key, out var emptyAt);
        var next = Math.Max(known ? emptyAt : now, now) + _cost;
        if (next - now > _cost * Burst || (!known && _emptyAt.Count >= MaxSources))
        {
            return false;
        }

        _emptyAt[key] = next;
        return true;
    }

    /// <summary>The part of a source's address that one party controls: an IPv4 address, or the /64 of an IPv6 address.</summary>
    public static ulong KeyOf(DatagramEndpoint source)
    {
        Span<byte> bytes = stackalloc byte[16];
        return source.WriteAddress(bytes) == 4
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    private void Sweep(long now)
    {
        if (now < _sweepAt)
        {
            return;
        }

        _sweepAt = now + clock.Ticks(TimeSpan.FromSeconds(1));
        foreach (var (key, emptyAt) in _emptyAt)
        {
            if (emptyAt <= now)
            {
                _emptyAt.Remove(key);
            }
        }
    }
}
