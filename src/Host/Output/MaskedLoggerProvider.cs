using Culvert.Engine.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Output;

/// <summary>Masks what could be a key in messages and exceptions before another provider writes them. As thread-safe as that one.</summary>
/// <param name="inner">Writes the log; disposed with this.</param>
internal sealed class MaskedLoggerProvider(ILoggerProvider inner) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new MaskedLogger(inner.CreateLogger(categoryName));

    public void Dispose() => inner.Dispose();

    private sealed class MaskedLogger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        // The exception goes into the text: the provider would write it itself, unmasked.
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            inner.Log(logLevel, eventId, SecretMask.Apply(exception is null ? text : $"{text} {exception}"), null, static (masked, _) => masked);
        }
    }
}
