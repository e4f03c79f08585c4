using Microsoft.Extensions.Logging;

namespace Culvert.Engine.Running.Shadows;

/// <summary>Loggers whose category says that a candidate writes, not the live stage of the same id.</summary>
internal sealed class CandidateLoggers(ILoggerFactory inner) : ILoggerFactory
{
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public ILogger CreateLogger(string categoryName) => inner.CreateLogger(categoryName + " (shadow)");

    // The pipeline's factory belongs to the pipeline.
    public void Dispose()
    {
    }
}
