namespace Culvert.Tools.Captures;

/// <summary>One captured frame, in the reader's own memory: it is gone with the next read.</summary>
internal readonly ref struct CaptureRecord
{
    /// <summary>Counted from 1 over the whole file.</summary>
    public required long Number { get; init; }

    /// <summary>Nanoseconds since 1970 UTC; 0 for a record that carries no time.</summary>
    public required long Timestamp { get; init; }

    /// <summary>What the frame is.</summary>
    public required LinkType LinkType { get; init; }

    /// <summary>The bytes that were captured.</summary>
    public required Span<byte> Data { get; init; }

    /// <summary>How long the frame was on the wire; more than <see cref="Data"/> holds when the snap length cut it.</summary>
    public required int OriginalLength { get; init; }

    /// <summary>True when the snap length cut the frame.</summary>
    public bool IsCut => OriginalLength > Data.Length;
}
