using Culvert.Endpoints.Captures;
using Culvert.Filtering;
using Culvert.Options;

namespace Culvert.Plugins.Capture;

/// <summary>The options of the capture in pipeline.yaml.</summary>
public sealed record CaptureOptions
{
    /// <summary>The path that the names of the files are made of.</summary>
    [Option("The path of NAME.pcapng; the files are NAME_00001.pcapng, NAME_00002.pcapng and so on.", Example = "/var/log/culvert/web.pcapng")]
    public required FilePath File { get; init; }

    /// <summary>The packets that are captured.</summary>
    [Option("A filter expression: only packets that match are captured.", Default = "all packets", Example = "tcp port 443")]
    public PacketFilter Match { get; init; } = PacketFilter.Everything;

    /// <summary>The bounds of the files.</summary>
    [Option("How many files of which size are kept; the oldest is deleted.", Default = "10x100MB", Example = "5x20MB")]
    public CaptureRing Ring { get; init; } = new(10, 100_000_000);

    /// <summary>The most packets a second.</summary>
    [Option("The most packets a second, and at once; others are skipped and counted.", Min = 1, Max = 1_000_000, Example = "100")]
    public int Rate { get; init; } = 1000;

    /// <summary>The bytes of a packet that are kept.</summary>
    [Option("The bytes of a packet that are kept.", Default = "65535, the whole packet", Min = 16, Max = 65_535, Example = "128")]
    public int SnapLength { get; init; } = 65_535;
}
