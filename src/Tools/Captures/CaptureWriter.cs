namespace Culvert.Tools.Captures;

/// <summary>Writes a capture file record by record in constant memory. Not thread-safe.</summary>
internal abstract class CaptureWriter : IDisposable
{
    private protected CaptureWriter()
    {
    }

    /// <summary>Creates a file: pcapng when its name ends in <c>.pcapng</c>, else pcap.</summary>
    /// <param name="path">The file; an old one is replaced when the capture is complete.</param>
    /// <param name="nanoseconds">For pcap: whether times are written in nanoseconds. A pcapng always has them.</param>
    /// <param name="inputs">Files that are read meanwhile; none of them may be the capture.</param>
    /// <exception cref="InvalidDataException">The capture is one of the inputs.</exception>
    /// <exception cref="IOException">The file cannot be created; or <see cref="UnauthorizedAccessException"/>.</exception>
    public static CaptureWriter Create(string path, bool nanoseconds, params IEnumerable<string> inputs)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.EndsWith(".pcapng", StringComparison.OrdinalIgnoreCase)
            ? CreatePcapNg(path, inputs)
            : new PcapWriter(OutputFile.Create(path, inputs), nanoseconds);
    }

    /// <summary>Creates a pcapng file, whatever its name.</summary>
    /// <inheritdoc cref="Create"/>
    public static CaptureWriter CreatePcapNg(string path, params IEnumerable<string> inputs)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new PcapNgWriter(OutputFile.Create(path, inputs));
    }

    /// <summary>Announces what the records that follow it begin with.</summary>
    /// <param name="name">A human-readable name, such as <c>below mss-clamp</c>.</param>
    /// <param name="linkType">What the frames are.</param>
    /// <returns>The number that <see cref="Write"/> takes.</returns>
    /// <exception cref="InvalidDataException">The format has room for one link type only, and this is another.</exception>
    public abstract int AddInterface(string name, LinkType linkType);

    /// <summary>Writes one record.</summary>
    /// <param name="on">From <see cref="AddInterface"/>.</param>
    /// <param name="timestamp">Nanoseconds since 1970 UTC.</param>
    /// <param name="header">The frame's first bytes.</param>
    /// <param name="data">The frame's other bytes.</param>
    /// <param name="originalLength">The length of the frame on the wire; what 32 bits cannot hold stays at their end.</param>
    /// <param name="comment">A human-readable comment, kept where the format supports one.</param>
    public abstract void Write(
        int on, long timestamp, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data, long originalLength, string? comment = null);

    /// <summary>Writes what is still in memory and closes the file.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file.</summary>
    protected abstract void Dispose(bool disposing);
}
