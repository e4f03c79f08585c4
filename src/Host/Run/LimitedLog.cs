using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>
/// Bounds what one event may write to the log: an event of a source writes at most <see cref="LinesOfEvent"/> lines in a minute, of which at most
/// <see cref="LinesOfKey"/> are about the same peer, endpoint or device (the event's first field). One line with the number of those left out
/// follows. Levels below information are not bounded: somebody asked for them. Thread-safe.
/// </summary>
/// <param name="inner">Writes the lines; disposed with this.</param>
/// <param name="time">The clock.</param>
internal sealed class LimitedLog(ILoggerProvider inner, TimeProvider time) : ILoggerProvider
{
    /// <summary>The most lines of one event in a minute.</summary>
    public const int LinesOfEvent = 60;

    /// <summary>The most lines of one event about the same thing in a minute.</summary>
    public const int LinesOfKey = 10;

    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(15);
    private static readonly EventId _leftOut = new(60, "LinesLeftOut");

    private readonly Lock _gate = new();
    // By source and event, as text: the library has the code for it compiled.
    private readonly Dictionary<string, Minute> _minutes = [];
    private ITimer? _timer;

    public ILogger CreateLogger(string categoryName) => new LimitedLogger(this, inner.CreateLogger(categoryName), categoryName);

    public void Dispose()
    {
        Report(all: true);
        inner.Dispose();
    }

    private bool TryTake(ILogger logger, string source, LogLevel level, EventId id, object? key)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var name = $"{id.Id} {source}";
            if (!_minutes.TryGetValue(name, out var minute) || (minute.LeftOut == 0 && IsOver(minute, now)))
            {
                minute = new Minute(logger, id, now);
                _minutes[name] = minute;
            }

            if (minute.TryTake(key?.ToString() ?? ""))
            {
                return true;
            }

            minute.Level = level;
            minute.LeftOut++;
            _timer ??= time.CreateTimer(_ => Report(all: false), null, _pause, _pause);
            return false;
        }
    }

    private bool IsOver(Minute minute, long now) => time.GetElapsedTime(minute.Began, now) >= _minute;

    /// <summary>Writes what was left out of minutes that are over, and forgets those minutes.</summary>
    private void Report(bool all)
    {
        List<Minute> due = [];
        lock (_gate)
        {
            var now = time.GetTimestamp();
            foreach (var name in _minutes.Keys.Where(name => all || IsOver(_minutes[name], now)).ToList())
            {
                _minutes.Remove(name, out var minute);
                if (minute!.LeftOut > 0)
                {
                    due.Add(minute);
                }
            }

            if (!_minutes.Values.Any(minute => minute.LeftOut > 0))
            {
                // Nothing wakes an idle pipeline.
                _timer?.Dispose();
                _timer = null;
            }
        }

        foreach (var minute in due)
        {
            var name = LogObjects.NameOf(minute.Event) ?? $"{minute.Event.Id}";
            KeyValuePair<string, object?>[] fields = [new("Event", name), new("Count", minute.LeftOut)];
            minute.Logger.Log(minute.Level, _leftOut, fields, null, (_, _) => $"{minute.LeftOut} more lines of the event {name} were left out.");
        }
    }

    private sealed class Minute(ILogger logger, EventId id, long began)
    {
        private readonly Dictionary<string, int> _keys = [];
        private int _lines;

        public ILogger Logger => logger;

        public EventId Event => id;

        public long Began => began;

        public long LeftOut { get; set; }

        public LogLevel Level { get; set; }

        // Keys of lines that were written are kept, no others: they are as few as the lines.
        public bool TryTake(string key)
        {
            var lines = _keys.GetValueOrDefault(key);
            if (_lines == LinesOfEvent || lines == LinesOfKey)
            {
                return false;
            }

            _keys[key] = lines + 1;
            _lines++;
            return true;
        }
    }

    private sealed class LimitedLogger(LimitedLog limit, ILogger inner, string source) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // Text that is left out is not made.
            if (Admits(logLevel, eventId, state as IReadOnlyList<KeyValuePair<string, object?>>))
            {
                inner.Log(logLevel, eventId, LogEvent.Of(state, exception, formatter), exception, LogEvent.Formatter);
            }
        }

        private bool Admits(LogLevel level, EventId id, IReadOnlyList<KeyValuePair<string, object?>>? parts) =>
            level < LogLevel.Information || limit.TryTake(inner, source, level, id, parts is { Count: > 1 } ? parts[0].Value : null);
    }
}
