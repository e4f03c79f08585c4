using Culvert.Algorithms;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Local;

namespace Culvert.Plugins.Encrypt.WireGuard.Handshakes;

/// <summary>How an initiation is served during a flood.</summary>
internal enum SourceShare
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>In what all others leave: the source, an IPv4 address or an IPv6 /64, has called just now.</summary>
    Other,

    /// <summary>Before those of a flood.</summary>
    Rare,
}

/// <summary>
/// Which initiations are looked at, and which of them first. A source that has not called for 5 to 15 s is served before those of a flood, whose sources
/// call again and again. A further initiation of an IPv4 address or IPv6 /64 competes for what is left if its very address and port have not called for
/// 4 s, as behind a NAT, or in a network whose addresses are forged; of all that exceeds that, 1024 at once and 3,200 a second are looked at. As sources may
/// be forged, none is refused for its address. Nothing is counted before <see cref="Note"/>: what was not served does not use up its source's turn. Used
/// on one loop only.
/// </summary>
internal sealed class SourceQuota(Clock clock)
{
    /// <summary>The initiations at once of sources that have just called.</summary>
    public const int OtherBurst = HandshakeInbox.OtherCapacity;

    /// <summary>The initiations in a second of sources that have just called: 32 in 10 ms.</summary>
    public const int OtherPerSecond = 3_200;

    private readonly TokenBucket _others = new(clock.Provider, OtherPerSecond, OtherBurst);
    private readonly RecentSources _networks = new(clock, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));

    // An initiation is repeated after 5 s.
    private readonly RecentSources _endpoints = new(clock, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4));
    private long _emptyAt = long.MinValue;

    /// <summary>Finds how an initiation is served.</summary>
    /// <param name="source">Where it came from.</param>
    /// <param name="now">The time in the clock's ticks.</param>
    public SourceShare ShareOf(in DatagramEndpoint source, long now)
    {
        if (!_networks.Contains(NetworkHash(source), now))
        {
            return SourceShare.Rare;
        }

        if (!_endpoints.Contains(EndpointHash(source), now))
        {
            return SourceShare.Other;
        }

        // All of a batch has one timestamp: what was refused once in it is refused again without arithmetic.
        if (_emptyAt != now && _others.TryTake(1, now))
        {
            return SourceShare.Other;
        }

        _emptyAt = now;
        return SourceShare.None;
    }

    /// <summary>An initiation waits to be served.</summary>
    /// <param name="source">Where it came from.</param>
    /// <param name="share">How.</param>
    /// <param name="now">The time in the clock's ticks.</param>
    public void Note(in DatagramEndpoint source, SourceShare share, long now)
    {
        if (share == SourceShare.Rare)
        {
            _networks.Add(NetworkHash(source), now);
        }
        else
        {
            _endpoints.Add(EndpointHash(source), now);
        }
    }

    /// <summary>A source has shown a cookie: it is not forged, and its next initiation is one of the first again, as others may be behind its address.</summary>
    public void Forget(in DatagramEndpoint source)
    {
        _networks.Remove(NetworkHash(source));
        _endpoints.Remove(EndpointHash(source));
    }

    // The hashes have a seed of this process, so nobody can choose whom to share places with.
    private static ulong NetworkHash(in DatagramEndpoint source)
    {
        var key = RateLimiter.KeyOf(source);
        return Spread(HashCode.Combine((uint)key, (uint)(key >> 32)));
    }

    private static ulong EndpointHash(in DatagramEndpoint source) => Spread(source.Remote.GetHashCode());

    // 64 bits of 32, as murmur3 finishes.
    private static ulong Spread(int hash)
    {
        var bits = (uint)hash * 0x9E3779B97F4A7C15UL;
        bits = (bits ^ (bits >> 33)) * 0xFF51AFD7ED558CCDUL;
        return bits ^ (bits >> 33);
    }
}
