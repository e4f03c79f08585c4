namespace Culvert.Tools.Captures;

/// <summary>An interface as a pcapng section describes it.</summary>
/// <param name="LinkType">As in the file, known or not.</param>
/// <param name="SnapLength">Bytes; 0 for no limit.</param>
/// <param name="UnitsPerSecond">The unit of its timestamps.</param>
/// <param name="SecondsOffset">Added to every timestamp.</param>
internal sealed record CaptureInterface(int LinkType, uint SnapLength, ulong UnitsPerSecond, long SecondsOffset)
{
    /// <summary>Units per second of the option if_tsresol: a power of ten, or of two when its highest bit is set.</summary>
    /// <returns>Null when it is finer than 64 bits can count.</returns>
    public static ulong? UnitsOf(byte resolution)
    {
        const int PowerOfTwo = 0x80;
        const int MaxPowerOfTen = 19;
        const int MaxPowerOfTwo = 63;
        var exponent = resolution & ~PowerOfTwo;
        if ((resolution & PowerOfTwo) != 0)
        {
            return exponent <= MaxPowerOfTwo ? 1UL << exponent : null;
        }

        return exponent <= MaxPowerOfTen ? PowerOfTen(exponent) : null;
    }

    /// <summary>A timestamp in nanoseconds since 1970.</summary>
    /// <returns>Null for one before 1970 or after 2262, which 63 bits cannot count.</returns>
    public long? Nanoseconds(ulong units)
    {
        var nanoseconds = ((Int128)units * PcapFormat.NanosecondsPerSecond / UnitsPerSecond)
            + ((Int128)SecondsOffset * PcapFormat.NanosecondsPerSecond);
        return nanoseconds >= 0 && nanoseconds <= long.MaxValue ? (long)nanoseconds : null;
    }

    private static ulong PowerOfTen(int exponent)
    {
        var power = 1UL;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }
}
