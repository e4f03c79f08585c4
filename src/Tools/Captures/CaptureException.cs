using System.Globalization;

namespace Culvert.Tools.Captures;

/// <summary>
/// A capture file is cut, corrupt or of a kind that cannot be read; its message is human-readable. Everything read before it is valid.
/// </summary>
internal sealed class CaptureException : Exception
{
    /// <summary>Initializes a new instance.</summary>
    /// <param name="message">What is wrong, with the value.</param>
    /// <param name="record">The record that could not be read, counted from 1 over the whole file; 0 for the file's own header.</param>
    /// <param name="offset">Where the record starts in the file, in bytes.</param>
    public CaptureException(string message, long record, long offset)
        : base(Place(record, offset) + ": " + message) => (Record, Offset) = (record, offset);

    /// <summary>The record that could not be read, counted from 1; 0 for the file's own header.</summary>
    public long Record { get; }

    /// <summary>The offset of the record in the file, in bytes.</summary>
    public long Offset { get; }

    private static string Place(long record, long offset) => record == 0
        ? string.Create(CultureInfo.InvariantCulture, $"header at byte {offset}")
        : string.Create(CultureInfo.InvariantCulture, $"record {record} at byte {offset}");
}
