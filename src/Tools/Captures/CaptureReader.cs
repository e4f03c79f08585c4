using System.Buffers.Binary;
using Culvert.Endpoints.Captures;

namespace Culvert.Tools.Captures;

/// <summary>
/// Reads a capture file, pcap or pcapng, record by record in constant memory. The formats are those of draft-ietf-opsawg-pcap and
/// draft-ietf-opsawg-pcapng: both byte orders, every resolution of time. Not thread-safe.
/// </summary>
internal abstract class CaptureReader : IDisposable
{
    /// <summary>The longest record that is believed; tcpdump's own largest snap length.</summary>
    public const int MaxRecord = 262_144;

    private protected CaptureReader(CaptureInput input) => Input = input;

    /// <summary>The bytes of the file that have been read, for a progress bar.</summary>
    public long Position => Input.Position;

    /// <summary>The number of records that have been read.</summary>
    public long Count { get; private protected set; }

    /// <summary>Whether the file's times may be finer than microseconds.</summary>
    public abstract bool IsNanoseconds { get; }

    private protected CaptureInput Input { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file; <c>-</c> is standard input.</param>
    /// <exception cref="CaptureException">It is no capture file, or of a kind that cannot be read.</exception>
    /// <exception cref="IOException">It cannot be opened; or <see cref="UnauthorizedAccessException"/>.</exception>
    public static CaptureReader Open(string path)
    {
        var stream = path == "-"
            ? Console.OpenStandardInput()
            : new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        try
        {
            return Open(stream);
        }
        catch (CaptureException)
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Opens a stream, which the reader disposes.</summary>
    /// <param name="stream">Need not be seekable.</param>
    /// <exception cref="CaptureException">It is no capture, or of a kind that cannot be read.</exception>
    public static CaptureReader Open(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var input = new CaptureInput(stream);
        var available = input.Ensure(sizeof(uint));
        if (available < sizeof(uint))
        {
            throw new CaptureException($"the file has {available} bytes: no capture, not even an empty one", 0, 0);
        }

        var magic = BinaryPrimitives.ReadUInt32LittleEndian(input.Peek(sizeof(uint)));
        return magic == PcapNgFormat.SectionHeader ? new PcapNgReader(input) : new PcapReader(input, magic);
    }

    /// <summary>Reads the next record.</summary>
    /// <param name="record">The record; its data is good until the next call.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="CaptureException">The file is cut or corrupt here; reading on is not possible.</exception>
    public abstract bool TryRead(out CaptureRecord record);

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        Input.Dispose();
        GC.SuppressFinalize(this);
    }
}
