using System.Buffers.Binary;

namespace Culvert.Plugins.Encrypt.WireGuard.Messages;

/// <summary>
/// A TAI64N timestamp, 12 bytes: seconds since 1970 plus 2^62 and the ten leap seconds of then, and nanoseconds, both big-endian, so that
/// comparing bytes compares times. Nanoseconds are rounded down to 2^24, about 16 ms, so that they tell little about the clock.
/// </summary>
internal static class Tai64n
{
    private const ulong Base = 0x400000000000000A;
    private const uint Whitener = 0x1000000 - 1;
    private const int NanosecondsPerTick = 100;
    private const int SecondsSize = 8;

    /// <summary>Writes a time.</summary>
    /// <param name="destination">12 bytes.</param>
    /// <param name="time">1970 or later.</param>
    public static void Write(Span<byte> destination, DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        var nanoseconds = (uint)(ticks % TimeSpan.TicksPerSecond * NanosecondsPerTick);
        BinaryPrimitives.WriteUInt64BigEndian(destination, Base + (ulong)(ticks / TimeSpan.TicksPerSecond));
        BinaryPrimitives.WriteUInt32BigEndian(destination[SecondsSize..], nanoseconds & ~Whitener);
    }

    /// <summary>Whether the first time is later than the second.</summary>
    public static bool IsAfter(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => first.SequenceCompareTo(second) > 0;
}
