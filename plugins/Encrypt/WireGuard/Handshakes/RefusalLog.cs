using Culvert.Plugins.Encrypt.WireGuard.Local;

namespace Culvert.Plugins.Encrypt.WireGuard.Handshakes;

/// <summary>Why a handshake message was refused, as far as a person can do something about it.</summary>
internal enum Refusal
{
    /// <summary>mac1 is wrong.</summary>
    Mac1,

    /// <summary>No peer has the caller's public key.</summary>
    UnknownPeer,

    /// <summary>A response to this end's initiation cannot be read.</summary>
    UnreadableResponse,

    /// <summary>An initiation of another suite, or one that no suite can read.</summary>
    UnreadableInitiation,

    /// <summary>The timestamp is not newer than the last one.</summary>
    Replayed,
}

/// <summary>Allows one line a minute for each reason, so that an attacker's messages cost next to nothing. Thread-safe.</summary>
internal sealed class RefusalLog(Clock clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly long[] _notBefore = NewTimes();

    /// <summary>Whether a line may be written now. True at most once a minute for each reason.</summary>
    public bool MayLog(Refusal reason)
    {
        ref var notBefore = ref _notBefore[(int)reason];
        var now = clock.Now;
        var before = Volatile.Read(ref notBefore);
        return now >= before && Interlocked.CompareExchange(ref notBefore, now + clock.Ticks(Interval), before) == before;
    }

    private static long[] NewTimes()
    {
        var times = new long[Enum.GetValues<Refusal>().Length];
        Array.Fill(times, long.MinValue);
        return times;
    }
}
