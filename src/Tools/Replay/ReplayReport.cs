using Culvert.Engine.Inspection;
using Culvert.Packets;

namespace Culvert.Tools.Replay;

/// <summary>The result of a replay.</summary>
internal sealed record ReplayReport
{
    /// <summary>The direction of the packets.</summary>
    public required Direction Direction { get; init; }

    /// <summary>Frames that were read.</summary>
    public required long Read { get; init; }

    /// <summary>Frames without an IP packet; they are copied as they are.</summary>
    public required long NotIp { get; init; }

    /// <summary>Frames that the capture's snap length had cut.</summary>
    public required long Cut { get; init; }

    /// <summary>Packets larger than <see cref="Mtu"/>: a device would never have handed them over.</summary>
    public required long OverMtu { get; init; }

    /// <summary>Packets that were captured before the sender's network card did its part.</summary>
    public required CaptureFindings Findings { get; init; }

    /// <summary>The largest packet inside the tunnel, in bytes.</summary>
    public required int Mtu { get; init; }

    /// <summary>Frames that came out.</summary>
    public required long Written { get; init; }

    /// <summary>Packets that the stages sent the other way, such as ICMP errors; they are not written.</summary>
    public required long SentBack { get; init; }

    /// <summary>Why the pipeline would have ended; null while all is well.</summary>
    public required string? Failure { get; init; }

    /// <summary>The checksums of all packets, and who is to blame for wrong ones; null before the first packet.</summary>
    public required InspectionReport? Inspection { get; init; }

    /// <summary>The sums of each stage, from the host's side to the network's side.</summary>
    public required IReadOnlyList<StageTally> Stages { get; init; }
}
