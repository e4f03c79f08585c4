using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>
/// The loggers that the program and its stages call. Each call becomes a <see cref="LogEvent"/> at once, and its text is made once for all providers:
/// what the call goes through then is compiled once, and not anew for each kind of message. Thread-safe.
/// </summary>
/// <param name="inner">Makes the loggers behind; disposed with this.</param>
internal sealed class EventLoggers(ILoggerFactory inner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new EventLogger(inner.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose() => inner.Dispose();

    private sealed class EventLogger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (inner.IsEnabled(logLevel))
            {
                inner.Log(logLevel, eventId, LogEvent.Of(state, exception, formatter), exception, LogEvent.Formatter);
            }
        }
    }
}
