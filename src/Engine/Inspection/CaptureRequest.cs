using Culvert.Filtering;

namespace Culvert.Engine.Inspection;

/// <summary>What a live capture is to contain.</summary>
/// <param name="Filter">Which packets.</param>
internal sealed record CaptureRequest(PacketFilter Filter)
{
    /// <summary>The boundaries; null for all.</summary>
    public CapturePlace? Place { get; init; }

    /// <summary>The most bytes of a packet that are kept.</summary>
    public int SnapLength { get; init; } = int.MaxValue;

    /// <summary>The most packets.</summary>
    public long Count { get; init; } = long.MaxValue;

    /// <summary>
    /// Whether secrets are written; then datagrams without an IP packet in them (handshakes, keepalives) are captured whatever the filter, since
    /// secrets are of no use without the handshakes that they belong to.
    /// </summary>
    public bool WithSecrets { get; init; }

    /// <summary>Whether datagrams without an IP packet in them are captured.</summary>
    public bool TakesControl => WithSecrets || Filter.IsEverything;
}
