namespace Culvert.Tools.Replay;

/// <summary>The result of a twin replay.</summary>
internal sealed record TwinReport
{
    /// <summary>Frames that were read.</summary>
    public required long Read { get; init; }

    /// <summary>Frames without an IP packet; a tunnel carries none.</summary>
    public required long NotIp { get; init; }

    /// <summary>Frames that the capture's snap length had cut.</summary>
    public required long Cut { get; init; }

    /// <summary>Packets larger than <see cref="Mtu"/>: a device would never have handed them over.</summary>
    public required long OverMtu { get; init; }

    /// <summary>Packets that were captured before the sender's network card did its part.</summary>
    public required CaptureFindings Findings { get; init; }

    /// <summary>The largest packet inside the tunnel, in bytes.</summary>
    public required int Mtu { get; init; }

    /// <summary>Packets that left site B towards its host.</summary>
    public required long Written { get; init; }

    /// <summary>Packets that site A sent to its own host, such as ICMP errors; they are not written.</summary>
    public required long SentBack { get; init; }

    /// <summary>Why a site's pipeline would have ended; null while all is well.</summary>
    public required string? Failure { get; init; }

    /// <summary>The sums of site A's stages over outbound packets.</summary>
    public required IReadOnlyList<StageTally> SiteA { get; init; }

    /// <summary>The sums of site B's stages over inbound packets, in the file's order.</summary>
    public required IReadOnlyList<StageTally> SiteB { get; init; }

    /// <summary>The link from A to B.</summary>
    public required TwinLinkTally There { get; init; }

    /// <summary>The link from B to A.</summary>
    public required TwinLinkTally Back { get; init; }
}
