using System.Diagnostics;
using System.Globalization;

namespace Culvert.Host.Output;

/// <summary>A progress bar on standard error while a file is read; shown only on a terminal.</summary>
internal sealed class ProgressBar : IDisposable
{
    private const int Cells = 30;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    private readonly TextWriter? _output;
    private readonly long _length;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _shownAt;
    private int _width;

    private ProgressBar(TextWriter? output, long length) => (_output, _length, _shownAt) = (output, length, _started);

    /// <summary>Creates a bar that is visible when <paramref name="error"/> is this process's terminal and the file has a length.</summary>
    public static ProgressBar For(TextWriter error, string path)
    {
        var terminal = MaskingWriter.Unmasked(error is VisibleWriter visible ? visible.Inner : error);
        var shown = ReferenceEquals(terminal, Console.Error) && !Console.IsErrorRedirected && File.Exists(path);
        return new ProgressBar(shown ? terminal : null, shown ? new FileInfo(path).Length : 0);
    }

    /// <summary>Shows how far it is; at most ten times a second.</summary>
    /// <param name="position">Bytes read.</param>
    /// <param name="records">Records read.</param>
    public void Show(long position, long records)
    {
        if (_output is null || _length <= 0 || Stopwatch.GetElapsedTime(_shownAt) < Between)
        {
            return;
        }

        _shownAt = Stopwatch.GetTimestamp();
        var line = Line(position, _length, records, Stopwatch.GetElapsedTime(_started));
        _output.Write("\r" + line.PadRight(_width));
        _width = line.Length;
    }

    /// <summary>Takes the bar away, for what is written next.</summary>
    public void Clear()
    {
        if (_width > 0)
        {
            _output?.Write("\r" + new string(' ', _width) + "\r");
            _width = 0;
        }
    }

    /// <inheritdoc cref="Clear"/>
    public void Dispose() => Clear();

    internal static string Line(long position, long length, long records, TimeSpan elapsed)
    {
        var share = Math.Clamp((double)position / length, 0, 1);
        var full = (int)(share * Cells);
        var rate = elapsed.TotalSeconds > 0 ? records / elapsed.TotalSeconds : 0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"[{new string('#', full)}{new string('.', Cells - full)}] {share:P0}  {records:N0} packets, {rate:N0}/s");
    }
}
