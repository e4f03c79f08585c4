using System.Diagnostics;

namespace EndToEnd.Tests.Soak;

/// <summary>The memory of one process over time; a line each minute.</summary>
internal sealed class MemoryWatch
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    private readonly int _process;
    private readonly Action<string> _print;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<(TimeSpan At, ProcessUse Use)> _samples = [];
    private TimeSpan _nextLine;

    public MemoryWatch(int process, Action<string> print)
    {
        (_process, _print) = (process, print);
        Sample();
    }

    public void Sample()
    {
        var (at, use) = (_clock.Elapsed, ProcessUse.Read(_process));
        _samples.Add((at, use));
        if (at >= _nextLine)
        {
            _print($"{at.TotalMinutes,5:0.0} min  {use}");
            _nextLine = at + _minute;
        }
    }

    /// <summary>The samples at the start, after five minutes, and at the end.</summary>
    public IEnumerable<(string Name, ProcessUse Use)> Summary =>
    [
        ("start", _samples[0].Use), ("5 min", _samples.MinBy(sample => Math.Abs((sample.At - (5 * _minute)).Ticks)).Use), ("end", _samples[^1].Use),
    ];
}
