using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Host.Run;

/// <summary>
/// The events of a running pipeline for clients of its control socket: what is logged at level information and above, whatever of it the log
/// shows. Keeps the last <see cref="Kept"/> for clients to come. Nothing here waits for a client. Thread-safe.
/// </summary>
internal sealed class EventFeed : ILoggerProvider
{
    /// <summary>How many events a new client is sent first.</summary>
    public const int Kept = 256;

    private readonly Lock _gate = new();
    private readonly Queue<string> _last = new(Kept);
    private readonly List<EventReader> _readers = [];

    /// <summary>Begins to collect events for a client, which disposes the reader.</summary>
    public EventReader Open()
    {
        lock (_gate)
        {
            var reader = new EventReader([.. _last], Close);
            _readers.Add(reader);
            return reader;
        }
    }

    public ILogger CreateLogger(string categoryName) => new EventLogger(this, categoryName);

    public void Dispose()
    {
        // Clients end with the control socket.
    }

    private void Add(string line)
    {
        lock (_gate)
        {
            if (_last.Count == Kept)
            {
                _last.Dequeue();
            }

            _last.Enqueue(line);
            foreach (var reader in _readers)
            {
                reader.Offer(line);
            }
        }
    }

    private void Close(EventReader reader)
    {
        lock (_gate)
        {
            _readers.Remove(reader);
        }
    }

    private sealed class EventLogger(EventFeed feed, string source) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Add(logLevel, eventId, LogEvent.Of(state, exception, formatter), exception);
            }
        }

        private void Add(LogLevel level, EventId id, LogEvent logged, Exception? exception) =>
            feed.Add(LogObjects.Line(new LogEntry<LogEvent>(level, source, id, logged, exception, LogEvent.Formatter), EventReader.LongestText));
    }
}
