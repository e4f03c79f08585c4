namespace Culvert.Tools.Captures;

/// <summary>One captured frame, in the reader's own memory: it is gone with the next read.</summary>
internal readonly ref struct CaptureRecord
{
    /// <summary>Counted from 1 over the whole file.</summary>
    public required long Number { get; init; }

    /// <summary>Nanoseconds since 1970 UTC; 0 for a record that carries no time.</summary>
    public required long Timestamp { get; init; }

    /// <summary>The link type of the frame.</summary>
    public required LinkType LinkType { get; init; }

    /// <summary>The bytes that were captured.</summary>
    public required Span<byte> Data { get; init; }

    /// <summary>
    /// The length of the frame on the wire in bytes, as the file states it; more than <see cref="Data"/> has when the snap length cut it,
    /// and less in a file that contradicts itself.
    /// </summary>
    public required uint OriginalLength { get; init; }

    /// <summary>Whether the snap length cut the frame.</summary>
    public bool IsCut => OriginalLength > Data.Length;
}
