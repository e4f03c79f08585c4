namespace Culvert.Plugins.Encrypt.WireGuard.Keys;

/// <summary>Reports once that memory for keys cannot be locked, whether somebody listens by then or later. Thread-safe.</summary>
internal sealed class LockRefusal
{
    private readonly Lock _gate = new();
    private string? _reason;
    private Action<string>? _listener;
    private bool _reported;

    /// <summary>Sets who is told the reason; who was set before no longer is.</summary>
    /// <param name="listener">Called at most once, on any thread.</param>
    public void Tell(Action<string> listener)
    {
        lock (_gate)
        {
            _listener = listener;
            Report();
        }
    }

    /// <summary>Notes why pages were not locked.</summary>
    public void Note(string reason)
    {
        lock (_gate)
        {
            _reason = reason;
            Report();
        }
    }

    private void Report()
    {
        if (!_reported && _reason is { } reason && _listener is { } listener)
        {
            _reported = true;
            listener(reason);
        }
    }
}
