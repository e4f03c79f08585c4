using Culvert.Packets;

namespace Culvert.Counters;

/// <summary>
/// The beginning of one of the last packets that were dropped for a reason, to show people an example: renewed at most once a second, so that a flood costs
/// next to nothing. Thread-safe.
/// </summary>
internal sealed class LastDrop
{
    /// <summary>The most bytes that are kept: the IP header and the ports.</summary>
    public const int MaxBytes = 64;

    private const int PauseMilliseconds = 1000;

    private readonly Lock _lock = new();
    private readonly byte[] _bytes = new byte[MaxBytes];
    private long _notBefore;
    private int _kept;
    private int _length;
    private DatagramEndpoint _endpoint;
    private DateTimeOffset _at;

    /// <summary>Keeps a packet, unless one was kept within the last second.</summary>
    public void Keep(ReadOnlySpan<byte> packet, in DatagramEndpoint endpoint)
    {
        var now = Environment.TickCount64;
        var notBefore = Volatile.Read(ref _notBefore);
        if (now < notBefore || Interlocked.CompareExchange(ref _notBefore, now + PauseMilliseconds, notBefore) != notBefore)
        {
            return;
        }

        lock (_lock)
        {
            _kept = Math.Min(packet.Length, MaxBytes);
            packet[.._kept].CopyTo(_bytes);
            (_length, _endpoint, _at) = (packet.Length, endpoint, DateTimeOffset.UtcNow);
        }
    }

    /// <summary>Returns the beginning of the packet, its whole length in bytes, the endpoint of a datagram, and when it was dropped; null when none was kept.</summary>
    public (byte[] Bytes, int Length, DatagramEndpoint Endpoint, DateTimeOffset At)? Get()
    {
        lock (_lock)
        {
            return _at == default ? null : (_bytes[.._kept], _length, _endpoint, _at);
        }
    }
}
