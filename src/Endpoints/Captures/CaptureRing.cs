using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Culvert.Options;

namespace Culvert.Endpoints.Captures;

/// <summary>The bounds of a ring of capture files: so many files of so many bytes, and the oldest gives way.</summary>
/// <param name="Files">The most files, 1 to 10,000.</param>
/// <param name="Size">The most bytes of a file, 100,000 to 1,000,000,000,000; a file that has no packet yet takes one of any size.</param>
public sealed record CaptureRing(int Files, long Size) : IOptionValue<CaptureRing>
{
    private const int MaxFiles = 10_000;
    private const long MinSize = 100_000;
    private const long MaxSize = 1_000_000_000_000;

    /// <inheritdoc/>
    public static string Expected => "files and their size such as 10x100MB: 1 to 10000 files of 100kB to 1000GB";

    /// <inheritdoc/>
    public static string JsonSchema => """{"type":"string","pattern":"^[0-9]+ ?[x×] ?[0-9]+ ?(B|kB|MB|GB|KiB|MiB|GiB)?$"}""";

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out CaptureRing? value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(node);
        error = null;
        return TryParse(node.Scalar ?? "", out value);
    }

    /// <summary>Parses <c>10x100MB</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ring">The ring, when true is returned.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out CaptureRing? ring)
    {
        ring = null;
        var cross = text.IndexOfAny(['x', '×']);
        if (cross < 0 || !int.TryParse(text.AsSpan(0, cross).TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var files)
            || !ByteSize.TryParse(text[(cross + 1)..].TrimStart(), out var parsed))
        {
            return false;
        }

        var size = parsed.Bytes;
        ring = files is >= 1 and <= MaxFiles && size is >= MinSize and <= MaxSize ? new CaptureRing(files, size) : null;
        return ring is not null;
    }

    /// <summary>The ring as it is written in a file.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Files}x{new ByteSize(Size)}");
}
