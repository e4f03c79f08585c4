namespace Culvert.Tools.Captures;

/// <summary>The numbers of the pcap format, draft-ietf-opsawg-pcap §4 and §5. All offsets and lengths are bytes.</summary>
internal static class PcapFormat
{
    public const uint Microseconds = 0xA1B2C3D4;
    public const uint Nanoseconds = 0xA1B23C4D;
    public const uint Gzip = 0x8B1F;
    public const long NanosecondsPerSecond = 1_000_000_000;
    public const ushort MajorVersion = 2;
    public const ushort MinorVersion = 4;

    /// <summary>The upper bits of the link type say how long a frame check sequence is.</summary>
    public const uint LinkTypeMask = 0xFFFF;

    public const int Magic = 0;
    public const int Version = Magic + 4;
    public const int Minor = Version + 2;
    public const int Reserved = Minor + 2;
    public const int SnapLength = Reserved + 8;
    public const int Network = SnapLength + 4;
    public const int FileHeader = Network + 4;

    public const int Seconds = 0;
    public const int Fraction = Seconds + 4;
    public const int CapturedLength = Fraction + 4;
    public const int OriginalLength = CapturedLength + 4;
    public const int RecordHeader = OriginalLength + 4;
}
