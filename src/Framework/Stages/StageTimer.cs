namespace Culvert.Stages;

/// <summary>
/// A one-shot timer of a stage. Its callback runs on the pipeline's service thread, one callback at a time; from there
/// <see cref="IStageContext.Emit"/> reaches either direction. Time comes from the pipeline's <see cref="TimeProvider"/>.
/// Thread-safe.
/// </summary>
public abstract class StageTimer : IDisposable
{
    /// <summary>Sets or resets the timer: the callback runs once, that much later.</summary>
    /// <param name="due">0 or more.</param>
    public abstract void Schedule(TimeSpan due);

    /// <summary>Stops the timer. Does not stop a running callback.</summary>
    public abstract void Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Cancel();
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the timer's resources.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
