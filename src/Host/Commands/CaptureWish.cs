using System.Text.Json.Nodes;
using Culvert.Endpoints.Captures;
using Culvert.Host.Run;

namespace Culvert.Host.Commands;

/// <summary>What <c>culvert capture</c> is to capture, and where it writes it.</summary>
/// <param name="Filter">The filter expression; empty for everything.</param>
internal sealed record CaptureWish(string Filter)
{
    /// <summary>The running pipeline; null for the only one.</summary>
    public string? Pipeline { get; init; }

    /// <summary>The boundary; null for all.</summary>
    public string? At { get; init; }

    /// <summary>The file; null for standard output.</summary>
    public string? Output { get; init; }

    /// <summary>The ring of files; null for one file.</summary>
    public CaptureRing? Ring { get; init; }

    /// <summary>The most packets; null for no bound.</summary>
    public long? Count { get; init; }

    /// <summary>The longest time; null for no bound.</summary>
    public double? Seconds { get; init; }

    /// <summary>The most bytes of a packet; null for all.</summary>
    public int? SnapLength { get; init; }

    /// <summary>Whether secrets are written, too.</summary>
    public bool Keys { get; init; }

    /// <summary>Whether a reader that goes is the end of the capture and no failure, and nobody reads the totals.</summary>
    public bool EndsWithReader { get; init; }

    /// <summary>The request to the running pipeline.</summary>
    public JsonObject ToRequest()
    {
        var request = new JsonObject { ["request"] = RunControl.Capture, ["filter"] = Filter };
        foreach (var (key, value) in (ReadOnlySpan<(string, JsonNode?)>)[("at", At), ("count", Count), ("seconds", Seconds), ("snaplen", SnapLength), ("keys", Keys)])
        {
            if (value is not null)
            {
                request[key] = value;
            }
        }

        return request;
    }

    /// <summary>Opens the place that is written to.</summary>
    /// <exception cref="InvalidDataException">The file is there and is not a capture.</exception>
    /// <exception cref="IOException">It cannot be opened; or <see cref="UnauthorizedAccessException"/>.</exception>
    public CaptureFiles Open() => (Output, Ring) switch
    {
        (null, _) => CaptureFiles.To(Console.OpenStandardOutput()),
        ({ } path, { } ring) => CaptureFiles.ToRing(path, ring, Keys),
        ({ } path, null) => CaptureFiles.To(CaptureFile.Open(path, Keys)),
    };
}
